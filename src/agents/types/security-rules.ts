/** What the security scan looks for in a definition: one function per kind of risk. */
import type { Diagnostic, DiagnosticCode } from '../../language/diagnostic';
import { isOutside } from '../../language/call-redaction';
import { stepPlaces } from '../../plan/paths';
import type { Plan, Step, Template } from '../../plan/plan';
import { secrets } from '../../privacy/secrets';
import { toolSteps } from '../../language/plan-prices';
import { own } from '../../plan/json';
import { fieldsOf } from './schema-text';
import type { Place, TextPlaces } from './text-places';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface Rule {
  readonly severity: Severity;
  /** What to do about it. */
  readonly advice: string;
}

const rule = (severity: Severity, advice: string): Rule => ({ severity, advice });

/** By id. */
export const SECURITY_RULES = {
  'literal-secret': rule(
    'critical',
    'Withdraw the key, for whoever has read the definition has it; keep the new one in the environment of the process that needs it.',
  ),
  'url-with-password': rule('critical', 'Withdraw the password, and give it to the provider through its variables.'),
  'plain-http': rule('high', 'Write https, so that nobody on the way reads or changes what is sent.'),
  'internal-address': rule('high', 'Name the service by a name that the network’s owner has given it, or take it out.'),
  'address-from-outside': rule(
    'medium',
    'Hold the address against a list, or a pattern in its type, before it is asked: whoever starts the execution chooses it.',
  ),
  'missing-budget': rule('high', 'Write guards.budget with maxCost, so that a loop or an attacker cannot spend more.'),
  'unknown-price': rule('medium', 'Set the price of the provider, or take it out of the chain.'),
  'missing-timeout': rule('low', 'Write guards.budget.maxMs, or a timeout at the step.'),
  'endless-wait': rule('medium', 'Write a timeout and onTimeout, so that a question nobody answers ends.'),
  'anyone-may-answer': rule('high', 'Name the roles that may answer with from.'),
  'broad-roles': rule('medium', 'Let only roles answer that decide such questions: not viewers, and not agents.'),
  'repeats-unsafe-call': rule('high', 'Take the retry out, or choose a tool that honours an idempotency key.'),
  'personal-data-leave': rule('high', 'Set guards.security.piiRedaction, use local, or leave them out.'),
  'bytes-unread': rule('low', 'Use local where what is said or shown may not leave.'),
  'unmarked-personal-data': rule('medium', 'Mark the field with pii, and set guards.security.piiRedaction.'),
  'no-retention': rule('low', 'Write guards.security.dataRetention, so that personal data do not stay for ever.'),
  'has-errors': rule('medium', 'Mend the errors: of a definition that does not compile not everything can be said.'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof SECURITY_RULES;

export interface RiskFound extends Place {
  readonly rule: RuleId;
  readonly step?: string;
  readonly message: string;
}

export interface Scanned {
  readonly places: TextPlaces;
  /** Absent: it has errors. */
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
}

export function risksOf(scanned: Scanned): readonly RiskFound[] {
  const { plan, places } = scanned;
  return [
    ...literals(places),
    ...diagnosed(scanned),
    ...(plan === undefined ? [] : [...limits(plan, places), ...people(plan, places), ...addresses(plan, places)]),
    ...(plan === undefined ? [] : personal(plan, places)),
  ];
}

const INTERNAL =
  /^https?:\/\/(?:[^/@]*@)?(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd])/i;

function literals({ scalars, at }: TextPlaces): readonly RiskFound[] {
  return scalars.flatMap(({ path, scalar }) => {
    const { value, range } = scalar;
    if (typeof value !== 'string') return [];
    const place = at(range.start);
    const text = value.replace(/\$\{[^}]*\}/g, ' ');
    const found: RiskFound[] = [];
    if (secrets.some((detector) => [...detector(text)].length > 0))
      found.push({ ...place, rule: 'literal-secret', message: `A key or token is written at ${path.join('.')}.` });
    for (const [url] of text.matchAll(/https?:\/\/[^\s"'<>]+/gi)) found.push(...risksOfUrl(url, path, place));
    return found;
  });
}

function risksOfUrl(url: string, path: readonly string[], place: Place): readonly RiskFound[] {
  const where = path.join('.');
  if (/^https?:\/\/[^/@\s]*:[^/@\s]*@/i.test(url))
    return [{ ...place, rule: 'url-with-password', message: `An address at ${where} holds a password.` }];
  if (INTERNAL.test(url))
    return [{ ...place, rule: 'internal-address', message: `An address at ${where} is inside the network.` }];
  if (/^http:/i.test(url))
    return [{ ...place, rule: 'plain-http', message: `An address at ${where} is asked without encryption.` }];
  return [];
}

/** What the compiler has found already. */
const FROM_CODE: Partial<Record<DiagnosticCode, RuleId>> = {
  'no-budget': 'missing-budget',
  'unknown-price': 'unknown-price',
  'retry-not-idempotent': 'repeats-unsafe-call',
  'personal-data': 'personal-data-leave',
  'unread-by-redaction': 'bytes-unread',
};

function diagnosed({ diagnostics }: Scanned): readonly RiskFound[] {
  const known = diagnostics.flatMap(({ code, line, column, message }) => {
    const id = FROM_CODE[code];
    return id === undefined ? [] : [{ rule: id, line, column, message }];
  });
  const error = diagnostics.find(({ severity, code }) => severity === 'error' && FROM_CODE[code] === undefined);
  if (error === undefined) return known;
  const { line, column, message } = error;
  return [...known, { rule: 'has-errors', line, column, message: `It does not compile: ${message}` }];
}

function stepsOf(plan: Plan): readonly Step[] {
  return [...stepPlaces(plan).values()].map(({ step }) => step);
}

function limits(plan: Plan, places: TextPlaces): readonly RiskFound[] {
  if (plan.guards.budget.maxMs !== undefined) return [];
  return stepsOf(plan).flatMap((step) =>
    (step.kind === 'agent' || step.kind === 'workflow' || step.kind === 'repeat') && step.timeoutMs === undefined
      ? [
          {
            ...places.step(step.name),
            rule: 'missing-timeout' as const,
            step: step.name,
            message: `${step.name} may take as long as it likes.`,
          },
        ]
      : [],
  );
}

function people(plan: Plan, places: TextPlaces): readonly RiskFound[] {
  return stepsOf(plan).flatMap((step) => {
    if (step.kind !== 'waitFor') return [];
    const place = { ...places.step(step.name), step: step.name };
    const broad = step.from.filter((role) => ['viewer', 'agent'].includes(role));
    return [
      ...(step.timeoutMs === undefined
        ? [
            {
              ...place,
              rule: 'endless-wait' as const,
              message: `${step.name} waits for ${step.signal} without an end.`,
            },
          ]
        : []),
      ...(step.from.length === 0
        ? [{ ...place, rule: 'anyone-may-answer' as const, message: `Anyone may answer ${step.name}.` }]
        : []),
      ...(broad.length > 0
        ? [{ ...place, rule: 'broad-roles' as const, message: `${broad.join(', ')} may answer ${step.name}.` }]
        : []),
    ];
  });
}

function callsOf(plan: Plan) {
  return [...plan.steps, ...(plan.finally ?? [])].flatMap((step) => toolSteps(step, 'all'));
}

function addresses(plan: Plan, places: TextPlaces): readonly RiskFound[] {
  return callsOf(plan).flatMap(({ name, tool, input }) => {
    const url = input.kind === 'object' ? input.fields['url'] : undefined;
    return url !== undefined && comesFirst(url)
      ? [
          {
            ...places.step(name),
            rule: 'address-from-outside' as const,
            step: name,
            message: `Whoever starts the execution chooses the address that ${tool} asks.`,
          },
        ]
      : [];
  });
}

/** Whether what comes in decides which host is asked. */
function comesFirst(url: Template): boolean {
  if (url.kind === 'expression') return /^trigger\b/.test(url.source.trim());
  const first = url.kind === 'text' ? url.parts[0] : undefined;
  return typeof first === 'object' && /^trigger\b/.test(first.source.trim());
}

const PERSONAL =
  /^(e?mail|phone|mobile|address|street|birth(day|date)?|ssn|iban|passport|(first|last|full|user)_?name)/i;

function personal(plan: Plan, places: TextPlaces): readonly RiskFound[] {
  const { security } = plan.guards;
  const fields = Object.entries(fieldsOf(plan.input));
  const marked = fields.some(([, field]) => own(field, 'x-pii') !== undefined);
  const outside = callsOf(plan).some(({ chain }) => chain.some(({ provider }) => isOutside(provider)));
  const unmarked = fields.filter(([name, field]) => PERSONAL.test(name) && own(field, 'x-pii') === undefined);
  return [
    ...(outside && !security.piiRedaction
      ? unmarked.map(([name]) => ({
          ...places.key('trigger', 'payload', name),
          rule: 'unmarked-personal-data' as const,
          message: `The field ${name} seems to hold personal data, and is not marked.`,
        }))
      : []),
    ...(marked && security.dataRetentionMs === undefined
      ? [
          {
            ...places.key('guards'),
            rule: 'no-retention' as const,
            message: 'Personal data come in, and nothing says when they are deleted.',
          },
        ]
      : []),
  ];
}

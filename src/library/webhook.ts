/** Starts a definition for a signed message: its payload made of the body, once per message id. */
import { randomUUID } from 'node:crypto';
import type { Started } from '../executions/start';
import { validateValue } from '../language/validate';
import type { Json } from '../plan/json';
import type { Plan, Template, WebhookTrigger } from '../plan/plan';
import type { Fault } from '../plan/problem';
import { OmniError } from '../plan/problem';
import { render } from '../plan/template';
import { invalid } from './faults';
import type { VerifiedMessage } from './standard-webhooks';
import type { StartParts } from './start';

export type HookedPlan = Plan & { readonly webhook: WebhookTrigger };

/** Throws `not-found`, without a hint: whoever asks is a stranger. */
export async function findHook({ catalogue }: Pick<StartParts, 'catalogue'>, id: string): Promise<HookedPlan> {
  const plan = await catalogue.get(id).then(
    (entry) => entry.plan,
    (error: unknown) => {
      if (error instanceof OmniError && error.problem.type === 'not-found') return undefined;
      throw error;
    },
  );
  if (plan?.webhook === undefined) throw new OmniError('not-found', `There is no webhook at /hooks/${id}.`);
  return { ...plan, webhook: plan.webhook };
}

/**
 * Throws `validation` with a pointer into the body to each fault, `expression` when the payload cannot be made of it, and what
 * `Executions.start` throws.
 */
export async function startForMessage(
  { catalogue, executions }: Pick<StartParts, 'catalogue' | 'executions'>,
  plan: HookedPlan,
  { id, sentAt, body }: VerifiedMessage & { readonly body: Json },
): Promise<Started> {
  const { payload: template } = plan.webhook;
  const made = template === undefined ? body : payloadOf(template, body);
  const { value, faults } = validateValue(plan.input, made);
  if (faults.length > 0) throw invalid('The message', template === undefined ? faults : faults.map(traced(template)));
  const { snapshot } = await catalogue.loadPlan(plan.id, () => ({ payload: value, context: {} }));
  const event = { id, source: `/hooks/${plan.id}`, type: 'webhook', time: sentAt.toISOString() };
  return executions.start({ plan, snapshot, payload: value, context: {}, event, origin: 'webhook' });
}

function payloadOf(template: Template, body: Json): Json {
  return render(template, { roots: { body }, now: () => Date.now(), uuid: () => randomUUID() }) ?? {};
}

/** A fault of the payload, told where in the body the value comes from; where that is not one place, of the body as a whole. */
function traced(template: Template): (fault: Fault) => Fault {
  return ({ pointer, detail }) => {
    let at: Template | undefined = template;
    const rest = pointer.split('/').slice(1);
    while (rest.length > 0 && (at?.kind === 'object' || at?.kind === 'list')) {
      const key: string = (rest.shift() ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
      at = at.kind === 'object' ? at.fields[key] : at.items[Number(key)];
    }
    const place = at?.kind === 'expression' ? placeInBody(at.source) : undefined;
    return place === undefined
      ? { pointer: '', detail: `The payload that is made of it does not fit, at ${pointer || 'its root'}: ${detail}` }
      : { pointer: [place, ...rest].join('/'), detail };
  };
}

/** `body.order.?id` as a JSON Pointer; undefined for anything but a path of plain names. */
function placeInBody(source: string): string | undefined {
  if (!/^body(\.\??[A-Za-z_]\w*)*$/.test(source)) return undefined;
  return source
    .split('.')
    .slice(1)
    .map((name) => `/${name.replace('?', '')}`)
    .join('');
}

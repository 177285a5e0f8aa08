/** `security_scan`: reads definitions for secrets, personal data, limits, addresses, roles and calls that must not be repeated. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { defineCapability } from '../capability';
import type { DefinitionParts } from './given-definition';
import { compileGiven, givenFields, sourceOf } from './given-definition';
import type { Severity } from './security-rules';
import { risksOf, SECURITY_RULES, SEVERITIES } from './security-rules';
import { textPlaces } from './text-places';

const finding = z.object({
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  definition: z.string(),
  line: z.number(),
  column: z.number(),
  step: z.string().optional(),
  message: z.string(),
  advice: z.string(),
});
type Finding = z.output<typeof finding>;

export const securitySeverity = z
  .enum(SEVERITIES)
  .default('high')
  .describe('From which severity on it has not passed.');

export const securityScan = (parts: DefinitionParts) =>
  defineCapability({
    description: 'Scans a definition, or all there are, and says of each finding where it is and what to do.',
    input: z.strictObject({ ...givenFields, failOn: securitySeverity }),
    output: z.object({
      passed: z.boolean(),
      scanned: z.array(z.string()).describe('Ids of the definitions.'),
      counts: z.record(z.enum(SEVERITIES), z.number()),
      findings: z.array(finding).describe('The gravest first.'),
    }),
    async run({ failOn, ...given }, { signal, report }) {
      const all = given.workflowName === undefined && given.definition === undefined;
      const ids = all ? await parts.definitions.ids() : [given.workflowName];
      const scanned: string[] = [];
      const findings: Finding[] = [];
      for (const id of ids) {
        if (signal.aborted) throw new OmniError('cancelled', 'The scan was stopped.', { retryable: true });
        const one = await scan(all ? { workflowName: id } : given, parts);
        report(`scanned ${one.id}`);
        scanned.push(one.id);
        findings.push(...one.findings);
      }
      return { output: { ...summaryOf(findings, failOn), scanned, findings: gravestFirst(findings) } };
    },
  });

async function scan(
  given: Parameters<typeof sourceOf>[0],
  parts: DefinitionParts,
): Promise<{ readonly id: string; readonly findings: readonly Finding[] }> {
  const source = await sourceOf(given, parts);
  const { plan, definition, diagnostics } = await compileGiven(source, parts);
  const id = definition?.id ?? given.workflowName ?? source.file;
  const risks = risksOf({ places: textPlaces(source.text), diagnostics, ...(plan && { plan }) });
  const findings = risks.map((risk) => ({ ...risk, ...SECURITY_RULES[risk.rule], definition: id }));
  return { id, findings };
}

interface Graded {
  readonly severity: Severity;
}

export function summaryOf(findings: readonly Graded[], failOn: Severity) {
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((one) => one.severity === severity).length]),
  );
  return { passed: !findings.some(({ severity }) => rank(severity) <= rank(failOn)), counts };
}

export function gravestFirst<T extends Graded>(findings: readonly T[]): readonly T[] {
  return [...findings].sort((a, b) => rank(a.severity) - rank(b.severity));
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** `dependency_scan`: reads a lock file for licences, install scripts and missing hashes, and asks for known faults where somebody answers. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { defineCapability } from '../capability';
import type { DependencyRisk } from './lock-file';
import { DEPENDENCY_RULES, lockedRisks, readLockFile } from './lock-file';
import { gravestFirst, securitySeverity, summaryOf } from './security-scan';
import type { Severity } from './security-rules';
import { SEVERITIES } from './security-rules';

/** What this program is made of, and who knows of faults in it. */
export interface DependencySource {
  /** The text of the installation's own lock file; undefined: it came without one. */
  lockFile(): Promise<string | undefined>;
  /** Licences that were read in the packages themselves, by name. */
  readonly licences: ReadonlyMap<string, string>;
  /** Known faults of what a lock file names; undefined: nobody answers such questions. */
  advisories(lockFile: string, signal: AbortSignal): Promise<readonly Advisory[] | undefined>;
}

export interface Advisory {
  readonly package: string;
  readonly version: string;
  readonly title: string;
  readonly severity: Severity;
}

const finding = z.object({
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  package: z.string(),
  version: z.string(),
  message: z.string(),
  advice: z.string(),
});

export const dependencyScan = (source: DependencySource) =>
  defineCapability({
    description: 'Reads a lock file for unknown licences, install scripts, missing hashes and known faults.',
    input: z.strictObject({
      lockFile: z
        .string()
        .min(1)
        .max(20_000_000)
        .optional()
        .describe('The text of a package-lock.json; this installation’s own unless told.'),
      advisories: z.boolean().default(true).describe('Whether the registry in use is asked for known faults.'),
      failOn: securitySeverity,
    }),
    output: z.object({
      passed: z.boolean(),
      packages: z.number(),
      counts: z.record(z.enum(SEVERITIES), z.number()),
      advisories: z
        .enum(['asked', 'not-answered', 'not-asked'])
        .describe('Whether known faults are among the findings.'),
      note: z.string().optional(),
      findings: z.array(finding).describe('The gravest first.'),
    }),
    async run({ lockFile, advisories: wanted, failOn }, { signal, report }) {
      const text = lockFile ?? (await source.lockFile());
      if (text === undefined)
        throw new OmniError(
          'not-found',
          'This installation has no package-lock.json. Send the text of one as lockFile.',
          { retryable: false },
        );
      const packages = readLockFile(text);
      const licences = lockFile === undefined ? source.licences : new Map<string, string>();
      report(`${packages.length} packages read`);
      const told = wanted ? await source.advisories(text, signal) : undefined;
      const findings = [
        ...packages.flatMap((one) => lockedRisks(one, licences)).map(graded),
        ...(told ?? []).map(({ severity, title, ...one }) => ({
          ...graded({ rule: 'known-fault', message: title, ...one }),
          severity,
        })),
      ];
      return {
        output: {
          ...summaryOf(findings, failOn),
          packages: packages.length,
          advisories: !wanted ? 'not-asked' : told === undefined ? 'not-answered' : 'asked',
          ...(wanted && told === undefined
            ? { note: 'The registry in use answers no questions about known faults, so none are among the findings.' }
            : {}),
          findings: gravestFirst(findings),
        },
      };
    },
  });

function graded(risk: DependencyRisk) {
  return { ...risk, ...DEPENDENCY_RULES[risk.rule] };
}

/** An npm lock file as the dependency scan reads it: https://docs.npmjs.com/cli/configuring-npm/package-lock-json. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import type { Severity } from './security-rules';

const Locked = z.object({
  version: z.string().optional(),
  license: z.unknown().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  hasInstallScript: z.boolean().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
});
const LockFile = z.object({ lockfileVersion: z.number().min(2), packages: z.record(z.string(), Locked) });

export interface LockedPackage extends z.output<typeof Locked> {
  readonly name: string;
}

/** Throws `validation`. */
export function readLockFile(text: string): readonly LockedPackage[] {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new OmniError('validation', 'The lock file is no JSON. Send the text of package-lock.json.');
  }
  const parsed = LockFile.safeParse(given);
  if (!parsed.success)
    throw new OmniError(
      'validation',
      'The lock file has no packages. Write it with npm 7 or later (lockfileVersion 2 or 3).',
    );
  return Object.entries(parsed.data.packages).flatMap(([place, one]) => {
    const at = place.lastIndexOf('node_modules/');
    return at === -1 || one.link === true ? [] : [{ ...one, name: place.slice(at + 'node_modules/'.length) }];
  });
}

export const DEPENDENCY_RULES = {
  'unknown-licence': { severity: 'medium', advice: 'Read the licence in the package, and write down what it is.' },
  'copyleft-licence': { severity: 'low', advice: 'Make sure that passing the program on keeps to it.' },
  'install-script': {
    severity: 'medium',
    advice: 'Install with ignore-scripts, or read what the script does before it runs.',
  },
  'no-integrity': {
    severity: 'high',
    advice: 'Install it anew from a registry that tells its hash, and commit the lock file.',
  },
  'plain-http': { severity: 'high', advice: 'Take it from a registry over https.' },
  'known-fault': { severity: 'high', advice: 'Update it to a version that the advisory calls mended.' },
} as const satisfies Record<string, { readonly severity: Severity; readonly advice: string }>;

export interface DependencyRisk {
  readonly rule: keyof typeof DEPENDENCY_RULES;
  readonly package: string;
  readonly version: string;
  readonly message: string;
}

const COPYLEFT = /\b(?:A?GPL|LGPL|SSPL|EUPL|CC-BY-SA|OSL)\b/i;

export function lockedRisks(one: LockedPackage, known: ReadonlyMap<string, string>): readonly DependencyRisk[] {
  const { name, version = '', integrity, resolved = '', hasInstallScript, inBundle } = one;
  const licence = known.get(name) ?? (typeof one.license === 'string' ? one.license : undefined);
  const risk = (rule: DependencyRisk['rule'], message: string): DependencyRisk => ({
    rule,
    package: name,
    version,
    message,
  });
  return [
    ...(licence === undefined || /^(unlicensed|see license)/i.test(licence)
      ? [risk('unknown-licence', `${name} names no licence.`)]
      : COPYLEFT.test(licence)
        ? [risk('copyleft-licence', `${name} is under ${licence}.`)]
        : []),
    ...(hasInstallScript === true ? [risk('install-script', `${name} runs a script when it is installed.`)] : []),
    // What another package brings along is held to that one's hash.
    ...(integrity === undefined && inBundle !== true ? [risk('no-integrity', `${name} is held to no hash.`)] : []),
    ...(resolved.startsWith('http:') ? [risk('plain-http', `${name} comes over http.`)] : []),
  ];
}

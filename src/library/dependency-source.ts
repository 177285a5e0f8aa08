/** What this program is made of, and the registry in use as the one who knows of faults in it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Advisory, DependencySource } from '../agents/types/dependency-scan';

const ASK_MS = 60_000;

/** Where the package's own word is missing or not the whole truth; scripts/supply.mjs says the same. */
const LICENCES = new Map([
  ['text2wav', 'MIT AND GPL-3.0-or-later'],
  ['unionfs', 'Unlicense'],
]);

/** https://docs.npmjs.com/cli/commands/npm-audit, from npm 7 on. */
const Audit = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      name: z.string(),
      severity: z.string(),
      range: z.string().default(''),
      via: z.array(z.union([z.string(), z.object({ title: z.string().default('') })])),
    }),
  ),
});

const SEVERITY: Readonly<Record<string, Advisory['severity']>> = {
  critical: 'critical',
  high: 'high',
  moderate: 'medium',
};

export function dependencySource(root: string): DependencySource {
  const own = path.join(root, 'package-lock.json');
  return {
    licences: LICENCES,
    lockFile: async () => (existsSync(own) ? readFile(own, 'utf8') : undefined),
    async advisories(lockFile, signal) {
      const folder = await mkdtemp(path.join(tmpdir(), 'omni-audit-'));
      try {
        await writeFile(path.join(folder, 'package-lock.json'), lockFile);
        await writeFile(path.join(folder, 'package.json'), manifestOf(lockFile));
        return advisoriesIn(await audit(folder, signal));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** npm holds both against each other. */
function manifestOf(lockFile: string): string {
  const lock = JSON.parse(lockFile) as { readonly packages?: Readonly<Record<string, object>> };
  return JSON.stringify({ name: 'scanned', version: '0.0.0', ...lock.packages?.[''], scripts: {} });
}

/** Its answer, whatever it is: npm ends with 1 where there are faults, and where nobody answers. */
function audit(cwd: string, signal: AbortSignal): Promise<string> {
  const options = { cwd, signal, timeout: ASK_MS, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('npm', ['audit', '--json', '--audit=true', '--package-lock-only'], options, (_, stdout) =>
      resolve(stdout),
    );
  });
}

export function advisoriesIn(answer: string): readonly Advisory[] | undefined {
  let told: unknown;
  try {
    told = JSON.parse(answer);
  } catch {
    return undefined;
  }
  const parsed = Audit.safeParse(told);
  if (!parsed.success) return undefined;
  return Object.values(parsed.data.vulnerabilities).map(({ name, severity, range, via }) => {
    const titles = via.map((one) => (typeof one === 'string' ? `through ${one}` : one.title));
    return { package: name, version: range, severity: SEVERITY[severity] ?? 'low', title: titles.join('; ') };
  });
}

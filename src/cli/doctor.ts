/** `omni doctor`: looks at everything that the platform needs on this machine and says what to mend. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { type Config, loadConfig, packageRoot } from '../config';
import { toProblem } from '../plan/problem';
import { compileFile, errorsIn } from './definition-file';
import {
  checkApiPort,
  checkDatabase,
  checkDefinitions,
  checkModels,
  checkNode,
  checkProviders,
  checkTemporal,
} from './doctor-checks';
import { EXIT, type Finish } from './exit';
import { type Finding, wrong } from './finding';
import { checkProduction, posture } from './doctor-posture';
import { builtInRegistry } from './registry';
import type { Style, Terminal } from './terminal';
import { definitionFiles } from './validate';

const MARKS: Readonly<Record<Finding['status'], { readonly mark: string; readonly style: Style }>> = {
  ok: { mark: '✔', style: 'green' },
  note: { mark: '!', style: 'yellow' },
  wrong: { mark: '✖', style: 'red' },
};

export function doctorCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('doctor')
    .description(
      'look at what the platform needs here, and at its posture: addresses, callers, keys, what production lacks',
    )
    .option('--fix', 'register the search attributes that Temporal lacks')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExit status: 0 nothing wrong, 1 something has to be mended, 2 wrong usage.')
    .action(async ({ fix, json }: { fix?: boolean; json?: boolean }) => {
      const { needs, stance } = await examine(terminal, fix === true);
      const findings = [...needs, ...stance];
      if (json === true) terminal.out(`${JSON.stringify(findings, null, 2)}\n`);
      else {
        for (const finding of needs) terminal.out(findingText(finding, terminal.paint));
        terminal.out(`\n${terminal.paint('bold', 'Posture')}\n`);
        for (const finding of stance) terminal.out(findingText(finding, terminal.paint));
      }
      finish(findings.some(({ status }) => status === 'wrong') ? EXIT.failed : EXIT.done);
    });
}

interface Examined {
  readonly needs: readonly Finding[];
  readonly stance: readonly Finding[];
}

/** Without a usable configuration little else can be asked. */
async function examine(terminal: Terminal, fix: boolean): Promise<Examined> {
  const { version, engines } = manifest();
  const first: Finding[] = [
    { name: 'Version', status: 'ok', detail: `omni-mcp ${version}` },
    { name: 'Node.js', ...checkNode(process.version, engines.node) },
  ];
  let config: Config;
  try {
    config = loadConfig(terminal.env);
  } catch (error) {
    const faults = { name: 'Configuration', ...wrong(toProblem(error).detail, 'Correct it; see docs/environment.md.') };
    return {
      needs: [...first, faults],
      stance: [{ name: 'For production', ...checkProduction(terminal.env) }],
    };
  }
  const registry = await builtInRegistry(config);
  try {
    const compiled = await compileAll(config, { terminal, registry });
    const longestKeepMs = Math.max(0, ...compiled.map(({ keepMs }) => keepMs));
    const [api, temporal, database, stance] = await Promise.all([
      checkApiPort(config),
      checkTemporal(config, { fix, longestKeepMs }),
      checkDatabase(config),
      posture({ config, env: terminal.env, now: terminal.now() }),
    ]);
    const needs: readonly Finding[] = [
      ...first,
      { name: 'Configuration', status: 'ok', detail: `${config.environment}, checkout ${config.root}` },
      { name: 'API', ...api },
      ...temporal,
      { name: 'PostgreSQL', ...database },
      ...checkProviders(registry),
      { name: 'Models', ...checkModels(config) },
      {
        name: 'Definitions',
        ...checkDefinitions(compiled, config.definitionsDir),
      },
    ];
    return { needs, stance };
  } finally {
    await registry.close();
  }
}

interface Compiling {
  readonly terminal: Terminal;
  readonly registry: Awaited<ReturnType<typeof builtInRegistry>>;
}

async function compileAll(
  config: Config,
  { terminal, registry }: Compiling,
): Promise<readonly { file: string; errors: number; keepMs: number }[]> {
  const files = await definitionFiles(config.definitionsDir, terminal.cwd);
  return Promise.all(
    files.map(async (file) => {
      const { plan, diagnostics } = await compileFile(file, { cwd: terminal.cwd, registry });
      return { file, errors: errorsIn(diagnostics), keepMs: plan?.guards.security.dataRetentionMs ?? 0 };
    }),
  );
}

function manifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as ReturnType<typeof manifest>;
}

function findingText({ name, status, detail, next }: Finding, paint: Terminal['paint']): string {
  const { mark, style } = MARKS[status];
  const lines = detail.split('\n');
  const indent = ' '.repeat(24);
  return [
    `${paint(style, mark)} ${name.padEnd(20)}  ${lines.join(`\n${indent}`)}`,
    ...(next === undefined ? [] : [`${indent}${paint('bold', 'Next:')} ${next}`]),
    '',
  ].join('\n');
}

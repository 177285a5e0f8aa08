/** `omni test`: runs scenarios in memory and virtual time, or on a Temporal server, and says what came otherwise than expected. */
import { watch as watchFile, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { formatDiagnostic } from '../language/format-diagnostic';
import type { ScenarioEngine } from '../scenarios/engine';
import { htmlReport } from '../scenarios/report-html';
import { junitReport } from '../scenarios/report-junit';
import { resultText } from '../scenarios/report-text';
import { errorsIn } from './definition-file';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, readingConfig } from './registry';
import type { TemporalScenarios } from '../library/scenario-engine';
import { openScenarioEngine } from '../library/scenario-engine';
import type { FileRun } from './scenario-run';
import { runFile, scenarioFiles } from './scenario-run';
import { plural, type Terminal } from './terminal';

interface Options {
  readonly json?: boolean;
  readonly junit?: string;
  readonly html?: string;
  readonly watch?: boolean;
  readonly engine: 'virtual' | 'temporal';
}

export function testCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('test')
    .description('run scenarios of definitions in virtual time, without servers, keys or a network')
    .argument('[files...]', 'scenario files, or ids of definitions; without any, all of the definitions folder')
    .option('--json', 'print the results as JSON')
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--html <file>', 'write the results as a page')
    .option('--watch', 'run again whenever a file changes')
    .addOption(
      new Option('--engine <engine>', 'what runs them: memory, or a Temporal server with shortened times')
        .choices(['virtual', 'temporal'])
        .default('virtual'),
    )
    .addHelpText('after', '\nExit status: 0 all passed, 1 not all passed or none found, 2 wrong usage.')
    .action(async (files: readonly string[], options: Options) => finish(await test(files, options, terminal)));
}

async function test(named: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const temporal = options.engine === 'temporal' ? await openTemporal(terminal) : undefined;
  try {
    const status = await runAll(named, options, { ...terminal, engine: temporal?.engine });
    return options.watch === true ? await follow(named, options, { ...terminal, engine: temporal?.engine }) : status;
  } finally {
    await temporal?.close();
  }
}

async function openTemporal({ env, err, paint }: Terminal): Promise<TemporalScenarios> {
  const log = (line: string): void => err(`${paint('dim', line)}\n`);
  const temporal = await openScenarioEngine({ config: readingConfig(env), log });
  log(`On Temporal: ${temporal.what}.`);
  return temporal;
}

/** A terminal, and what runs the scenarios on a server. */
type Stage = Terminal & { readonly engine: ScenarioEngine | undefined };

async function runAll(named: readonly string[], options: Options, terminal: Stage): Promise<number> {
  const { env, cwd, now, err, engine } = terminal;
  const config = readingConfig(env);
  const registry = await builtInRegistry(config);
  try {
    const files = scenarioFiles(named, { cwd, folder: config.definitionsDir });
    const runs: FileRun[] = [];
    for (const file of files) {
      const run = await runFile(file, { cwd, config, registry, now, ...(engine && { engine }) });
      runs.push(run);
      print(run, options, terminal);
    }
    const results = runs.flatMap((run) => run.results);
    if (options.json === true) terminal.out(`${JSON.stringify(results, null, 2)}\n`);
    if (options.junit !== undefined) writeFileSync(path.resolve(cwd, options.junit), junitReport(results));
    if (options.html !== undefined)
      writeFileSync(path.resolve(cwd, options.html), htmlReport(results, new Date(now()).toISOString()));
    const failed = results.filter(({ passed }) => !passed).length;
    const broken = runs.filter(({ diagnostics }) => errorsIn(diagnostics) > 0).length;
    const took = Math.round(results.reduce((sum, { duration }) => sum + duration, 0));
    const faulty = broken > 0 ? `, ${plural(broken, 'file')} with errors` : '';
    err(
      `${plural(results.length, 'scenario')}: ${results.length - failed} passed, ${failed} failed${faulty} in ${took} ms\n`,
    );
    if (results.length === 0 && broken === 0)
      err('There is no scenario to run: write definitions/<id>.scenarios.yaml.\n');
    return failed > 0 || broken > 0 || results.length === 0 ? EXIT.failed : EXIT.done;
  } finally {
    await registry.close();
  }
}

function print({ file, diagnostics, results }: FileRun, { json }: Options, terminal: Terminal): void {
  const { paint, color, err } = terminal;
  const say = json === true ? err : terminal.out;
  for (const diagnostic of diagnostics) say(`${formatDiagnostic(diagnostic, { color })}\n`);
  if (json === true) return;
  say(`${paint('bold', file)}\n`);
  for (const result of results) say(`${resultText(result, paint)}\n`);
}

/** An editor writes a file in several strokes. */
const SETTLE_MS = 150;

/** Runs again after changes, one run at a time, until Ctrl-C. */
async function follow(named: readonly string[], options: Options, terminal: Stage): Promise<number> {
  const { definitionsDir } = readingConfig(terminal.env);
  const files = scenarioFiles(named, { cwd: terminal.cwd, folder: definitionsDir });
  const folders = new Set([definitionsDir, ...files.map((file) => path.dirname(path.resolve(terminal.cwd, file)))]);
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(async () => {
        await runAll(named, options, terminal).catch((error: unknown) => terminal.err(`${String(error)}\n`));
      });
    }, SETTLE_MS);
  };
  const watchers = [...folders].map((folder) =>
    watchFile(folder, (_, name) => {
      if (name === null || /\.(ya?ml|json)$/.test(name)) again();
    }),
  );
  terminal.err('Watching for changes; Ctrl-C ends it.\n');
  await new Promise<void>((resolve) => void terminal.onInterrupt(() => resolve()));
  for (const watcher of watchers) watcher.close();
  clearTimeout(timer);
  await running;
  return EXIT.interrupted;
}

/** `omni validate`: says everything that is wrong with definitions, without starting anything. */
import path from 'node:path';
import { Command } from 'commander';
import { definitionFolder } from '../catalogue/definition-folder';
import { formatDiagnostic } from '../language/format-diagnostic';
import { type CompiledFile, compileFile, errorsIn } from './definition-file';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, readingConfig } from './registry';
import { plural, type Terminal } from './terminal';

export function validateCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('validate')
    .description('check definitions: every error with its place, and what to write instead')
    .argument('[files...]', 'YAML files; without any, all of the definitions folder')
    .option('--json', 'print the diagnostics as JSON')
    .addHelpText('after', '\nExit status: 0 valid, 1 with errors, 2 wrong usage.')
    .action(async (files: readonly string[], { json }: { json?: boolean }) => {
      const config = readingConfig(terminal.env);
      const registry = builtInRegistry(config);
      try {
        const named = files.length > 0 ? files : await definitionFiles(config.definitionsDir, terminal.cwd);
        const results = named.map((file) => compileFile(file, { cwd: terminal.cwd, registry }));
        print(results, { terminal, json: json === true });
        finish(results.some(({ diagnostics }) => errorsIn(diagnostics) > 0) ? EXIT.failed : EXIT.done);
      } finally {
        await registry.close();
      }
    });
}

/** Paths from the working directory of all definitions in a folder. */
export async function definitionFiles(folder: string, cwd: string): Promise<readonly string[]> {
  const files = await definitionFolder(folder, { follow: true }).files();
  return files.map(({ file }) => path.relative(cwd, path.join(folder, file)));
}

function print(
  results: readonly CompiledFile[],
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): void {
  const { out, err, paint, color } = terminal;
  const all = results.flatMap(({ diagnostics }) => diagnostics);
  if (json) {
    const shown = all.map(({ file, code, severity, line, column, message, suggestion }) => ({
      file,
      code,
      severity,
      line,
      column,
      message,
      suggestion,
    }));
    out(`${JSON.stringify(shown, null, 2)}\n`);
  } else for (const diagnostic of all) out(`${formatDiagnostic(diagnostic, { color })}\n`);
  for (const { file, plan } of results)
    if (plan !== undefined) err(`${paint('green', '✔')} ${file}  ${plan.id} ${plan.version}\n`);
  const errors = errorsIn(all);
  const warnings = all.filter(({ severity }) => severity === 'warning').length;
  err(`${plural(results.length, 'definition')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`);
}

/** `omni validate`: says everything that is wrong with definitions, without starting anything. */
import path from 'node:path';
import { Command } from 'commander';
import { definitionFolder } from '../catalogue/definition-folder';
import { formatDiagnostic } from '../language/format-diagnostic';
import { type CompiledFile, compileFile, errorsIn } from './definition-file';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, declaredRegistry, readingConfig } from './registry';
import { plural, type Terminal } from './terminal';

export function validateCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('validate')
    .description('check definitions: every error with its place, and what to write instead')
    .argument('[files...]', 'YAML files, of scenarios too; without any, all of the definitions folder')
    .option('--tools <file>', 'YAML with contracts of tools that do not exist yet, under the key tools')
    .option('--json', 'print the diagnostics as JSON')
    .addHelpText('after', '\nExit status: 0 valid, 1 with errors, 2 wrong usage.')
    .action(async (files: readonly string[], { json, tools }: { json?: boolean; tools?: string }) => {
      const config = readingConfig(terminal.env);
      const registry = await builtInRegistry(config);
      try {
        const declared = declaredRegistry(registry, { file: tools, cwd: terminal.cwd });
        const named = files.length > 0 ? files : await definitionFiles(config.definitionsDir, terminal.cwd);
        const checked = await Promise.all(
          named.map((file) => compileFile(file, { cwd: terminal.cwd, registry: declared.registry })),
        );
        const results =
          tools === undefined ? checked : [{ file: tools, diagnostics: declared.diagnostics }, ...checked];
        print(results, { terminal, json: json === true, definitions: named.length });
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
  {
    terminal,
    json,
    definitions,
  }: { readonly terminal: Terminal; readonly json: boolean; readonly definitions: number },
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
  err(`${plural(definitions, 'definition')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`);
}

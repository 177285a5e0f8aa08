/** `omni schema`: the JSON Schema of definitions or of scenario files, for editors. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Argument, Command } from 'commander';
import { definitionSchema } from '../language/definition-schema';
import { formatDiagnostic } from '../language/format-diagnostic';
import { scenarioSchema } from '../language/scenario-schema';
import { errorsIn } from './definition-file';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, declaredRegistry, readingConfig } from './registry';
import type { Terminal } from './terminal';

const SCHEMAS = { definition: definitionSchema, scenarios: scenarioSchema } as const;

interface Options {
  readonly output?: string;
  readonly tools?: string;
}

export function schemaCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('schema')
    .description('print the JSON Schema of definitions or of scenario files, for editors')
    .addArgument(new Argument('[of]', 'what it describes').choices(Object.keys(SCHEMAS)).default('definition'))
    .option('-o, --output <file>', 'write it to a file')
    .option('--tools <file>', 'YAML with contracts of tools that do not exist yet, under the key tools')
    .action(async (of: keyof typeof SCHEMAS, { output, tools }: Options) => {
      const { out, err, cwd, color, env } = terminal;
      const registry = await builtInRegistry(readingConfig(env));
      try {
        const declared = declaredRegistry(registry, { file: tools, cwd });
        for (const diagnostic of declared.diagnostics) err(`${formatDiagnostic(diagnostic, { color })}\n`);
        if (errorsIn(declared.diagnostics) > 0) return finish(EXIT.failed);
        const text = `${JSON.stringify(SCHEMAS[of](declared.registry), null, 2)}\n`;
        if (output === undefined) out(text);
        else writeFileSync(path.resolve(cwd, output), text);
        finish(EXIT.done);
      } finally {
        await registry.close();
      }
    });
}

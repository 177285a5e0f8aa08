/** `omni graph`: a definition as a Mermaid flowchart. */
import { Command } from 'commander';
import { formatDiagnostic } from '../language/format-diagnostic';
import { toMermaid } from '../language/graph';
import { compileFile, errorsIn, findDefinition } from './definition-file';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, readingConfig } from './registry';
import type { Terminal } from './terminal';

export function graphCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('graph')
    .description('draw a definition as a Mermaid flowchart')
    .argument('<definition>', 'id of a definition, or a YAML file')
    .option('--json', 'print { id, version, mermaid }')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { out, err, color, cwd, env } = terminal;
      const config = readingConfig(env);
      const registry = await builtInRegistry(config);
      try {
        const { plan, diagnostics } = await compileFile(findDefinition(name, { cwd, folder: config.definitionsDir }), {
          cwd,
          registry,
        });
        if (plan === undefined || errorsIn(diagnostics) > 0) {
          for (const diagnostic of diagnostics) err(`${formatDiagnostic(diagnostic, { color })}\n`);
          return finish(EXIT.failed);
        }
        const mermaid = toMermaid(plan);
        out(
          json === true
            ? `${JSON.stringify({ id: plan.id, version: plan.version, mermaid }, null, 2)}\n`
            : `${mermaid.trimEnd()}\n`,
        );
        finish(EXIT.done);
      } finally {
        await registry.close();
      }
    });
}

/** `omni init`: a project that can be validated, tested and run at once. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { EXIT, type Finish } from './exit';
import { projectFiles } from './project-files';
import { builtInRegistry, readingConfig } from './registry';
import type { Terminal } from './terminal';

export function initCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('init')
    .description('write a project: a definition, its scenarios, and what an editor needs; nothing is overwritten')
    .argument('[dir]', 'its folder; without it, this one', '.')
    .option('--id <id>', 'id of the first definition', idOf, 'customer-feedback')
    .action(async (dir: string, { id }: { id: string }) => {
      const { cwd, env, out, err, paint } = terminal;
      const root = path.resolve(cwd, dir);
      const registry = await builtInRegistry(readingConfig(env));
      try {
        for (const [name, text] of Object.entries(projectFiles(id, registry)))
          out(write(path.join(root, name), text) ? `${paint('green', '✔')} ${name}\n` : `= ${name}  kept as it is\n`);
      } finally {
        await registry.close();
      }
      const enter = root === cwd ? '' : `cd ${path.relative(cwd, root) || root} && `;
      err(`Next: ${enter}omni test\n`);
      finish(EXIT.done);
    });
}

/** Whether it was written: a file that is there stays as it is. */
function write(file: string, text: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx' });
  return true;
}

function idOf(text: string): string {
  if (/^[a-z][a-z0-9-]*$/.test(text) && text !== 'default') return text;
  throw new InvalidArgumentError('An id is a small letter followed by small letters, digits and hyphens.');
}

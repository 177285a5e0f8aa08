/** What a Markdown document says that does not hold: dead links, missing files, unknown commands, snippets and definitions at fault. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findingsOf, withSteps } from '../language/registry';
import type { Fence } from './markdown';
import { anchorsOf, commandsOf, fencesOf, linksOf, pathsOf } from './markdown';

export const root = path.resolve(__dirname, '../..');

/** Folders that hold nothing of ours. */
export const MADE = ['node_modules', 'dist', '.git', '.cache', '.data', 'coverage'];

const topFolders = readdirSync(root).filter(
  (name) => !MADE.includes(name) && statSync(path.join(root, name)).isDirectory(),
);

/** Of one document, the links that lead nowhere. */
export function deadLinks(name: string, text: string): readonly string[] {
  return linksOf(text).filter((link) => {
    if (/^[a-z][a-z+.-]*:/i.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target =
      file === '' ? path.join(root, name) : path.resolve(root, path.dirname(name), decodeURIComponent(file));
    if (!target.startsWith(root) || !existsSync(target)) return true;
    if (anchor === undefined) return false;
    return !target.endsWith('.md') || !anchorsOf(readFileSync(target, 'utf8')).has(decodeURIComponent(anchor));
  });
}

/** Where a path holds `*` or `<name>`, the folder before that must exist. What the build makes is looked up where it is made from. */
function exists(mentioned: string): boolean {
  const built = /^dist\/(.+)\.js$/.exec(mentioned)?.[1];
  if (built !== undefined && built !== 'index') return existsSync(path.join(root, `${built}.ts`));
  // Jest takes the beginning of a path.
  if (existsSync(path.join(root, `${mentioned}.test.ts`))) return true;
  const place = mentioned.search(/[*<{]/);
  return existsSync(path.join(root, place === -1 ? mentioned : path.dirname(`${mentioned.slice(0, place)}x`)));
}

/** Of one document, the mentioned files that are not there; those that its reader is told to make may be missing. */
export function missingFiles(text: string): readonly string[] {
  const own = [...text.matchAll(/[Ss]ave (?:this|it) as `([^`]+)`/g)].map(([, file]) => file);
  return pathsOf(text, topFolders).filter((mentioned) => !own.includes(mentioned) && !exists(mentioned));
}

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Of one document, the commands that cannot work: unknown scripts and subcommands, programs and inputs that are not there. */
export function brokenCommands(text: string): readonly string[] {
  const made = [...text.matchAll(/[Ss]ave (?:this|it) as `([^`]+)`/g)].map(([, file]) => file ?? '');
  return commandsOf(text).filter((command) => {
    const script = /^(?:npm|pnpm) run (?:-s )?([\w:-]+)/.exec(command)?.[1];
    if (script !== undefined && scripts[script] === undefined) return true;
    const subcommand = /^(?:(?:npm run (?:-s )?|npx )?omni(?: --)?) ([a-z]+)/.exec(command)?.[1];
    if (subcommand !== undefined && !existsSync(path.join(root, 'src/cli', `${subcommand}.ts`))) return true;
    const program = /^(?:\w+=\S+ )*(?:node|npx jest) ([\w.-]+\/[\w./-]*)/.exec(command)?.[1];
    if (program !== undefined && !exists(program)) return true;
    const inputs = [...command.matchAll(/(?:-d @|--input |validate )([\w./-]+)/g)].map(([, file = '']) => file);
    return inputs.some((file) => file.includes('/') && !made.includes(file) && !exists(file));
  });
}

/** Of one document, the fences that claim to stand in a file and do not. */
export function foreignSnippets(text: string): readonly string[] {
  return fencesOf(text).flatMap(({ from, text: snippet }) =>
    from === undefined || (exists(from) && bare(readFileSync(path.join(root, from), 'utf8')).includes(bare(snippet)))
      ? []
      : [`${from}: ${snippet}`],
  );
}

/** Snippets are laid out anew by the formatter, so only what is not white space or a closing comma is compared. */
function bare(text: string): string {
  return text.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '');
}

/** Of one document, what its YAML and JSON fences have wrong. A definition compiles; one that is marked `error` does not. */
export function dataFaults(text: string): readonly string[] {
  return fencesOf(text).flatMap((fence) => {
    if (fence.language === 'json') return jsonFaults(fence);
    // What stands in a file may be a part of it.
    return fence.language === 'yaml' && fence.from === undefined ? yamlFaults(fence) : [];
  });
}

function jsonFaults({ text }: Fence): readonly string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [`${String(error)}: ${text}`];
  }
}

function yamlFaults(fence: Fence): readonly string[] {
  const definition = definitionOf(fence);
  if (definition === undefined) return parseAllDocuments(fence.text).flatMap(({ errors }) => errors.map(String));
  const findings = findingsOf(definition, ['error']);
  if (fence.form !== 'error') return findings;
  return findings.length > 0 ? [] : [`is marked as an error and has none: ${fence.text}`];
}

/** The whole definition that a fence stands for; undefined: it is other YAML. */
export function definitionOf({ text, form }: Fence): string | undefined {
  if (form === 'steps') return withSteps(text);
  if (form === 'fragment') return `${text}\n${withSteps('  - { name: s, tool: crm.note, provider: local }\n')}`;
  // Scenarios are read by a test of their own.
  return form !== 'scenario' && /^steps:/m.test(text) ? text : undefined;
}

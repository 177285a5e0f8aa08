/** Every Markdown file of the repository keeps its word. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { compileDefinition } from '../../src/language/compile';
import { toMermaid } from '../../src/language/graph';
import { createProviders } from '../../src/providers/providers';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import {
  brokenCommands,
  dataFaults,
  deadLinks,
  definitionOf,
  foreignSnippets,
  MADE,
  missingFiles,
  root,
} from './document-faults';
import { anchorsOf, fencesOf, linksOf } from './markdown';

function markdownFiles(folder = ''): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return MADE.includes(entry.name) ? [] : markdownFiles(name);
    return entry.name.endsWith('.md') ? [name] : [];
  });
}

const documents = markdownFiles().map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));

describe.each(documents)('$name', ({ name, text }) => {
  test('links lead somewhere', () => {
    expect(deadLinks(name, text)).toEqual([]);
  });

  test('files that it mentions are there', () => {
    expect(missingFiles(text)).toEqual([]);
  });

  test('commands name what there is', () => {
    expect(brokenCommands(text)).toEqual([]);
  });

  test('snippets stand in the files that they claim to come from', () => {
    expect(foreignSnippets(text)).toEqual([]);
  });

  test('definitions compile, and other YAML and JSON can be read', () => {
    // Every fence is seen: none is left open, none is indented away.
    expect(fencesOf(text).length * 2).toBe([...text.matchAll(/^\s*```/gm)].length);
    // In the list of diagnostics every definition is at fault on purpose; test/language/errors-page.test.ts holds each to its code.
    // The page of the tools is held to the built-in ones below.
    if (!['docs/errors.md', 'docs/tools.md'].includes(name)) expect(dataFaults(text)).toEqual([]);
  });
});

test('the picture in the README is the one that the flagship gives', () => {
  const pictures = documents
    .filter(({ name }) => name === 'README.md')
    .flatMap(({ text }) => fencesOf(text).filter(({ language }) => language === 'mermaid'));
  const file = 'definitions/bilingual-coach.yaml';
  const registry = new ToolRegistry(CONTRACTS, createProviders(loadConfig({})));
  const { plan } = compileDefinition({ text: readFileSync(path.join(root, file), 'utf8'), file }, registry);
  expect(pictures.map(({ text }) => text.trim())).toEqual(plan === undefined ? [] : [toMermaid(plan).trim()]);
});

test('the definitions of docs/tools.md compile with the built-in tools', () => {
  const page = documents.find(({ name }) => name === 'docs/tools.md')?.text ?? '';
  const registry = new ToolRegistry(CONTRACTS, createProviders(loadConfig({})));
  const definitions = fencesOf(page).flatMap((fence) => (fence.language === 'yaml' ? (definitionOf(fence) ?? []) : []));
  expect(definitions.length).toBeGreaterThan(1);
  for (const text of definitions) {
    const { diagnostics } = compileDefinition({ text, file: 'docs/tools.md' }, registry);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

test('the index lists every document of docs/', () => {
  const index = linksOf(readFileSync(path.join(root, 'docs/README.md'), 'utf8'));
  const pages = documents.map(({ name }) => name).filter((name) => path.dirname(name) === 'docs');
  expect(pages.filter((page) => page !== 'docs/README.md' && !index.includes(path.basename(page)))).toEqual([]);
});

test('the index of examples lists every story', () => {
  const index = linksOf(readFileSync(path.join(root, 'examples/README.md'), 'utf8'));
  const stories = readdirSync(path.join(root, 'examples')).filter((name) =>
    existsSync(path.join(root, 'examples', name, 'run.ts')),
  );
  expect(index.slice().sort()).toEqual(stories.map((story) => `${story}/README.md`).sort());
});

describe('faults are seen', () => {
  test('dead links and anchors', () => {
    const text = '# A `b` c\n[x](#a-b-c) [y](#a-c) [z](no-such.md) [w](src/main.ts) `[v](no)` <https://a.example>\n';
    expect(deadLinks('no-such-page.md', text)).toEqual(['#a-b-c', '#a-c', 'no-such.md']);
    expect(anchorsOf(text)).toEqual(new Set(['a-b-c']));
    expect(deadLinks('README.md', '[a](docs/language.md#steps) [b](docs/language.md#stairs)')).toEqual([
      'docs/language.md#stairs',
    ]);
  });

  test('missing files, unknown commands', () => {
    expect(missingFiles('`src/main.ts`, `src/mian.ts`, `src/tools/<tool>.ts`, `src/tolls/*.ts`')).toEqual([
      'src/mian.ts',
      'src/tolls/*.ts',
    ]);
    expect(missingFiles('Save this as `definitions/new.yaml`; `definitions/old.yaml`')).toEqual([
      'definitions/old.yaml',
    ]);
    const text =
      '```console\n$ npm run bnech\n$ omni fly\n$ curl -d @definitions/no.json x\nomni crawl\n$ omni run x\n```\n`node scripts/no.mjs`';
    expect(brokenCommands(text)).toEqual([
      'npm run bnech',
      'omni fly',
      'curl -d @definitions/no.json x',
      'node scripts/no.mjs',
    ]);
  });

  test('definitions and snippets', () => {
    const definition = (form: string): string =>
      `\`\`\`yaml${form}\nname: X\nversion: 1.0.0\nsteps: [{ name: s, tol: x }]\n\`\`\`\n`;
    expect(dataFaults(definition('')).length).toBeGreaterThan(0);
    expect(dataFaults(definition(' error'))).toEqual([]);
    expect(dataFaults(definition(' error').replace('tol: x', 'set: { a: 1 }')).length).toBe(1);
    expect(dataFaults('```json\n{\n```\n```yaml\na: [\n```\n').length).toBe(2);
    const snippet = (from: string): string => `<!-- from: ${from} -->\n\n\`\`\`json\n"name":   "omni-mcp",\n\`\`\`\n`;
    expect(foreignSnippets(snippet('package.json'))).toEqual([]);
    expect(foreignSnippets(snippet('tsconfig.json')).length).toBe(1);
    expect(foreignSnippets(snippet('no-such.json')).length).toBe(1);
  });
});

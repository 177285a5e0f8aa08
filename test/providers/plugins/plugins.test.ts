/** Plugins of the setting `tools`: what is taken in, and that one at fault is named while nothing of any is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { OmniError } from '../../../src/plan/problem';
import { addMoreTools } from '../../../src/providers/more-tools';
import { createProviders } from '../../../src/providers/providers';
import { CONTRACTS } from '../../../src/tools/contracts';
import { ToolRegistry } from '../../../src/tools/registry';
import { toolConfig } from '../mcp/everything';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTRACT = `defineTool({
  name: 'weather.forecast', title: 'Forecast', description: 'Says the weather.', idempotent: 'natural',
  input: z.strictObject({ town: z.string() }), output: z.object({ sky: z.string() }),
})`;
const PROVIDER = `defineProvider({
  provider: 'skylark', title: 'Skylark', keyVariable: 'SKYLARK_KEY', baseUrlVariable: 'SKYLARK_URL',
  headers: (key) => ({ 'x-key': key }),
  tools: { 'weather.forecast': async () => ({ output: { sky: 'clear' } }) },
})`;
const MODULE = "import { defineProvider, defineTool, z } from 'omni-mcp';\n";
const COMMON = "const { defineProvider, defineTool, z } = require('omni-mcp');\n";

function save(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const builtIn = () =>
  new ToolRegistry(CONTRACTS, createProviders({ modelsDir: '', definitionsDir: '', variables: {} }));

async function registryOf(...plugins: readonly string[]): Promise<ToolRegistry> {
  const registry = builtIn();
  const config = toolConfig(
    folder,
    plugins.map((plugin) => ({ plugin })),
    { variables: { SKYLARK_KEY: 'k', SKYLARK_URL: 'http://127.0.0.1:9' } },
  );
  await addMoreTools(registry, { config });
  return registry;
}

/** The text of the refusal, after it was seen that nothing was registered. */
async function refusalOf(...plugins: readonly string[]): Promise<string> {
  const registry = builtIn();
  const before = [registry.contracts().length, registry.providers().length];
  const config = toolConfig(
    folder,
    plugins.map((plugin) => ({ plugin })),
  );
  const error = await addMoreTools(registry, { config }).then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OmniError)) throw error;
  expect(error.problem.type).toBe('validation');
  expect([registry.contracts().length, registry.providers().length]).toEqual(before);
  return error.message;
}

describe('a plugin', () => {
  test.each([
    ['a module', 'good.mjs', `${MODULE}export default [${PROVIDER}, ${CONTRACT}];`],
    ['CommonJS', 'good.cjs', `${COMMON}module.exports = [${CONTRACT}, ${PROVIDER}];`],
    [
      'CommonJS that was compiled from a module',
      'compiled.js',
      `${COMMON}Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = [${CONTRACT}, ${PROVIDER}];`,
    ],
  ])('may be %s', async (_, name, text) => {
    save(name, text);
    const registry = await registryOf(`./${name}`);
    expect(registry.contract('weather.forecast')).toMatchObject({ category: 'weather', timeoutMs: 60_000 });
    expect(registry.providersOf('weather.forecast')).toEqual(['skylark']);
    expect(registry.provider('skylark')?.unconfigured).toBeUndefined();
  });

  test('may be a package that is installed beside the settings', async () => {
    save('node_modules/omni-plugin-sky/package.json', '{ "name": "omni-plugin-sky", "exports": "./sky.cjs" }');
    save('node_modules/omni-plugin-sky/sky.cjs', `${COMMON}module.exports = [${CONTRACT}, ${PROVIDER}];`);
    expect((await registryOf('omni-plugin-sky')).provider('skylark')).toBeDefined();
  });

  test('may bring another provider of a built-in tool, or of the tool of another plugin', async () => {
    save('tool.mjs', `${MODULE}export default ${CONTRACT};`);
    save('provider.mjs', `${MODULE}export default ${PROVIDER};`);
    const chat = PROVIDER.replace('weather.forecast', 'llm.chat').replace("'skylark'", "'parrot'");
    save('chat.mjs', `${MODULE}export default ${chat};`);
    const registry = await registryOf('./provider.mjs', './tool.mjs', './chat.mjs');
    expect(registry.providersOf('weather.forecast')).toEqual(['skylark']);
    expect(registry.providersOf('llm.chat').at(-1)).toBe('parrot');
  });

  test('says which of its variables is missing, as every provider does', async () => {
    save('good.mjs', `${MODULE}export default [${PROVIDER}, ${CONTRACT}];`);
    const registry = builtIn();
    await addMoreTools(registry, { config: toolConfig(folder, [{ plugin: './good.mjs' }]) });
    expect(registry.provider('skylark')?.unconfigured).toBe('set SKYLARK_KEY and SKYLARK_URL');
  });
});

describe('a plugin at fault is refused by name, with what to do', () => {
  const listed = (text: string) => `${MODULE}export default [${text}];`;
  test.each<[string, string, string, readonly string[]]>([
    ['that exports nothing', 'empty.mjs', 'export const a = 1;', ['no default export', 'defineTool']],
    ['that exports something else', 'number.mjs', 'export default 7;', ['neither a tool nor a provider']],
    ['that exports an empty list', 'none.mjs', 'export default [];', ['an empty list']],
    ['that throws', 'throws.mjs', "throw new RangeError('the moon is down');", ['RangeError: the moon is down']],
    ['that is no JavaScript', 'syntax.mjs', 'export default [', ['failed while it was loaded']],
    ['in TypeScript', 'typed.ts', 'export default 1;', ['is TypeScript', 'Compile it']],
    ['that is no program', 'notes.txt', 'hello', ['is no program', '.mjs, .cjs or .js']],
    [
      'with a misspelt key',
      'misspelt.mjs',
      listed(`${CONTRACT}, ${PROVIDER.replace('title', 'limit: {}, title')}`),
      ['the provider skylark is not well formed', '"limit"'],
    ],
    [
      'with a schema of something else',
      'schema.mjs',
      listed(CONTRACT.replace('z.strictObject({ town: z.string() })', "{ type: 'object' }")),
      ['the tool weather.forecast is not well formed: input: must be a schema of zod 4'],
    ],
    [
      'with a schema that cannot be printed',
      'date.mjs',
      listed(CONTRACT.replace('town: z.string()', 'town: z.date()')),
      ['input: cannot be told as JSON Schema'],
    ],
    ['with a tool of no category', 'name.mjs', listed(CONTRACT.replace('weather.', '')), ['<category>.<action>']],
    [
      'whose tool is a built-in one',
      'clash.mjs',
      listed(CONTRACT.replace('weather.forecast', 'llm.chat')),
      ['its tool llm.chat has a contract by the platform', 'another name'],
    ],
    [
      'whose provider is a built-in one',
      'taken.mjs',
      listed(`${CONTRACT}, ${PROVIDER.replace("'skylark'", "'stripe'")}`),
      ['its provider stripe is taken by the platform'],
    ],
    [
      'whose provider bears an alias of the language',
      'alias.mjs',
      listed(`${CONTRACT}, ${PROVIDER.replace("'skylark'", "'deepseek-r1'")}`),
      ['its provider deepseek-r1 is taken'],
    ],
    ['whose tool has no contract', 'orphan.mjs', listed(PROVIDER), ['weather.forecast, which has no contract']],
  ])('%s', async (_, name, text, says) => {
    save('first.mjs', `${MODULE}export default ${CONTRACT.replace('weather.', 'tide.')};`);
    save(name, text);
    const message = await refusalOf('./first.mjs', `./${name}`);
    for (const words of [`The plugin ./${name} of the setting tools`, ...says]) expect(message).toContain(words);
  });

  test('that is not there', async () => {
    save('here.mjs', 'export default 1;');
    expect(await refusalOf('./absent.mjs')).toContain(`there is no file ${path.join(folder, 'absent.mjs')}`);
    expect(await refusalOf('omni-plugin-nowhere')).toContain(`no package of that name can be found from ${folder}`);
    expect(await refusalOf('here.mjs')).toContain('Write ./here.mjs for the file');
  });

  test('that takes what another one has', async () => {
    save('one.mjs', `${MODULE}export default [${CONTRACT}, ${PROVIDER}];`);
    save('two.mjs', `${MODULE}export default ${PROVIDER};`);
    save('three.mjs', `${MODULE}export default ${CONTRACT};`);
    expect(await refusalOf('./one.mjs', './two.mjs')).toContain('is taken by ./one.mjs');
    expect(await refusalOf('./one.mjs', './three.mjs')).toContain('has a contract by ./one.mjs');
  });
});

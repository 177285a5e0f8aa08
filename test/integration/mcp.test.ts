/** Tools of MCP servers of both eras of the protocol, one of them from a package registry, called from YAML. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import { addMoreTools } from '../../src/providers/more-tools';
import { readLock, writeLock } from '../../src/providers/mcp/lock';
import { ToolRegistry } from '../../src/tools/registry';
import { everything, toolConfig } from '../providers/mcp/everything';
import { harness, type Harness } from '../support';

const DEFINITION = `
name: Sums
version: 1.0.0
trigger:
  payload: { a: number, b: number }
guards: { budget: { maxMs: 60000 } }
steps:
  - name: sum
    tool: everything.get-sum
    input: { a: '\${trigger.payload.a}', b: '\${trigger.payload.b}' }
  - name: weather
    tool: everything.get-structured-content
    provider: everything
    input: { location: Chicago }
  - name: newer
    tool: newer.add
    input: { a: '\${trigger.payload.a}', b: 1 }
output:
  told: '\${steps.sum.output.text}'
  humid: '\${steps.weather.output.humidity > 0}'
  newer: '\${steps.newer.output.sum}'
`;

const folder = mkdtempSync(path.join(tmpdir(), 'omni-mcp-'));
const newer = everything({ mcp: 'newer', args: [path.join(__dirname, '../providers/mcp/newer-server.mjs')] });
const config = toolConfig(folder, [everything(), newer]);
let platform: Harness;

async function moreTools(): Promise<ToolRegistry> {
  const registry = new ToolRegistry([], []);
  await addMoreTools(registry, { config });
  return registry;
}

beforeAll(async () => {
  const registry = await moreTools();
  platform = await harness({ providers: registry.providers(), contracts: registry.contracts() });
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

test('steps call it, with their inputs and outputs checked by its schemas', async () => {
  const { plan, diagnostics } = compileDefinition({ text: DEFINITION, file: 'sums.yaml' }, platform.registry);
  expect(diagnostics).toEqual([]);
  if (plan === undefined) throw new Error('no plan');
  const handle = await platform.start(plan, { a: 19, b: 23 });
  expect(await handle.result()).toEqual({ told: 'The sum of 19 and 23 is 42.', humid: true, newer: 20 });
});

test('an input that its schema does not know is a fault of the definition', () => {
  const text = DEFINITION.replace("a: '${trigger.payload.a}'", 'a: nineteen');
  const { diagnostics } = compileDefinition({ text, file: 'sums.yaml' }, platform.registry);
  expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('number')]);
});

test('a schema that has changed since it was approved fails the execution as refused by policy', async () => {
  const lock = readLock(config.tools.lock);
  const sum = lock['everything']?.['get-sum'];
  if (sum === undefined) throw new Error('the server has changed');
  const other = { ...sum, description: 'Adds, and tells a stranger.' };
  writeLock(config.tools.lock, { everything: { ...lock['everything'], 'get-sum': other } });
  const registry = await moreTools();
  const drifted = await harness({ providers: registry.providers(), contracts: registry.contracts() });
  try {
    const { plan } = compileDefinition({ text: DEFINITION, file: 'sums.yaml' }, registry);
    if (plan === undefined) throw new Error('no plan');
    const failure: unknown = await (
      await drifted.start(plan, { a: 1, b: 2 })
    )
      .result()
      .catch((error: unknown) => error);
    expect(JSON.stringify(failure)).toContain('omni tools approve everything');
  } finally {
    await drifted.close();
  }
});

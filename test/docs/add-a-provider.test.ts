/** docs/add-a-provider.md, followed: its files are written as it shows them, pass their suite, and are called from its definition. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import { addMoreTools } from '../../src/providers/more-tools';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import { toolConfig } from '../providers/mcp/everything';
import type { Stub } from '../stubs/stub';
import { harness } from '../support';
import { fencesOf } from './markdown';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-page-'));
const page = readFileSync(path.join(__dirname, '../../docs/add-a-provider.md'), 'utf8');
const fences = fencesOf(page).filter(({ language }) => language === 'js' || language === 'yaml');
for (const { from = '', text } of fences) writeFileSync(path.join(folder, path.basename(from)), text);
afterAll(() => rmSync(folder, { recursive: true }));

async function registryOf(variables: Record<string, string>): Promise<ToolRegistry> {
  const registry = new ToolRegistry(CONTRACTS, []);
  await addMoreTools(registry, { config: toolConfig(folder, [{ plugin: './weather.mjs' }], { variables }) });
  return registry;
}

describe('the page', () => {
  // It adds the contract suite to this file's tests.
  jest.requireActual(path.join(folder, 'weather.test.mjs'));

  test('shows a plugin whose tool a definition calls on a real server, at its price; a worker without it says so', async () => {
    const { startSkylarkStub } = jest.requireActual<{ startSkylarkStub: (options: object) => Promise<Stub> }>(
      path.join(folder, 'skylark-stub.mjs'),
    );
    const stub = await startSkylarkStub({});
    const registry = await registryOf({ SKYLARK_API_KEY: stub.key, SKYLARK_BASE_URL: stub.baseUrl });
    const text = readFileSync(path.join(folder, 'umbrella.yaml'), 'utf8').replace(
      'provider: skylark',
      'provider: skylark\n    retry: { maxAttempts: 1 }',
    );
    const { plan, diagnostics } = compileDefinition({ text, file: 'umbrella.yaml' }, registry);
    expect(diagnostics).toEqual([]);
    if (plan === undefined) throw new Error('no plan');
    const own = registry.contracts().filter((contract) => !CONTRACTS.includes(contract));
    const [platform, without] = await Promise.all([
      harness({ providers: registry.providers(), contracts: own }),
      harness({ providers: [] }),
    ]);
    try {
      expect(await (await platform.start(plan, { town: 'Bergen' })).result()).toEqual({ umbrella: true });
      expect(stub.calls.map((call) => call.path)).toEqual(['/forecast']);
      const failure: unknown = await (
        await without.start(plan, { town: 'Bergen' })
      )
        .result()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({
        cause: {
          type: 'provider-unavailable',
          message: expect.stringContaining('This worker has no tool weather.forecast'),
        },
      });
    } finally {
      await Promise.all([platform.close(), without.close(), stub.close()]);
    }
  });
});

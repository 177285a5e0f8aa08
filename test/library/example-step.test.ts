/** Examples of steps: whatever `omni tools docs` shows can be pasted into a definition. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { compileDefinition } from '../../src/language/compile';
import { describeTools } from '../../src/library/tool-description';
import { addKnownTools } from '../../src/providers/more-tools';
import { createProviders } from '../../src/providers/providers';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import { toolConfig } from '../providers/mcp/everything';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-example-'));
const registry = new ToolRegistry(CONTRACTS, createProviders(loadConfig({ NODE_ENV: 'test' })));
const firefly = path.join(path.dirname(require.resolve('@adobe/firefly-apis/package.json')), 'oas/FFApiOpenApi3.json');
const auth = { 'X-Api-Key': 'a', AccessToken: 'b' };
addKnownTools(registry, {
  config: toolConfig(folder, [{ openapi: firefly, name: 'firefly', auth, tools: {}, timeoutMs: 5_000 }]),
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

test.each(describeTools(registry).map(({ name, example }) => [name, example] as const))(
  'that of %s is a step of a valid definition',
  (name, example) => {
    expect(example).toContain(`tool: ${name}\n`);
    const text = `name: Example\nversion: 1.0.0\nguards: { budget: { maxMs: 60000 } }\nsteps:\n${example.replace(/^/gm, '  ').trimEnd()}\n`;
    const { plan, diagnostics } = compileDefinition({ text, file: 'example.yaml' }, registry);
    expect(diagnostics).toEqual([]);
    expect(plan?.steps).toMatchObject([{ kind: 'tool', tool: name }]);
  },
);

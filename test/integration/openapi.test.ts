/** A published OpenAPI document as tools, called from YAML through a worker, against a server made from the same document. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import type { JsonObject } from '../../src/plan/json';
import { createDoor } from '../../src/providers/http/door';
import { addKnownTools } from '../../src/providers/more-tools';
import { ToolRegistry } from '../../src/tools/registry';
import { toolConfig } from '../providers/mcp/everything';
import { startFromDocument } from '../stubs/from-document';
import type { Stub } from '../stubs/stub';
import { harness, type Harness } from '../support';

const FIREFLY = path.join(
  path.dirname(require.resolve('@adobe/firefly-apis/package.json')),
  'oas',
  'FFApiOpenApi3.json',
);

const DEFINITION = `
name: Cards
version: 1.0.0
trigger:
  payload: { motif: string, seeds: "integer[]" }
guards: { budget: { maxMs: 60000 } }
steps:
  - name: draw
    tool: firefly.generateImages
    provider: firefly
    input:
      body: { prompt: 'A card with \${trigger.payload.motif}', seeds: '\${trigger.payload.seeds}' }
  - name: film
    tool: firefly.generateVideoV3
    input: { x-model-version: video1_standard, body: { prompt: 'The card opens' } }
output:
  first: '\${steps.draw.output.outputs[0].image.url}'
  width: '\${steps.draw.output.size.width}'
  job: '\${steps.film.output.jobId}'
`;

const folder = mkdtempSync(path.join(tmpdir(), 'omni-openapi-run-'));
const door = createDoor({ allow: [], ownPorts: [] });
let stub: Stub;
let platform: Harness;

beforeAll(async () => {
  stub = await startFromDocument(JSON.parse(readFileSync(FIREFLY, 'utf8')) as JsonObject, {
    answers: {
      generateImages: {
        size: { width: 1024, height: 768 },
        outputs: [{ seed: 7, image: { url: 'https://images.example.com/7' } }],
      },
      generateVideoV3: { jobId: 'job-1' },
    },
    admits: ({ headers }) => headers['x-api-key'] === 'id-1' && headers.authorization === 'Bearer hush-3',
  });
  const registry = new ToolRegistry([], []);
  const auth = { 'X-Api-Key': '${FIREFLY_ID}', AccessToken: '${FIREFLY_TOKEN}' };
  const source = { openapi: FIREFLY, name: 'firefly', baseUrl: stub.origin, auth, tools: {}, timeoutMs: 10_000 };
  const config = toolConfig(folder, [source], { variables: { FIREFLY_ID: 'id-1', FIREFLY_TOKEN: 'hush-3' } });
  addKnownTools(registry, { config, door });
  platform = await harness({ providers: registry.providers(), contracts: registry.contracts() });
});
afterAll(async () => {
  await platform.close();
  await stub.close();
  await door.close();
  rmSync(folder, { recursive: true });
});

function compile(text: string) {
  return compileDefinition({ text, file: 'cards.yaml' }, platform.registry);
}

test('steps call it as the document says, and use what it promises to answer', async () => {
  const { plan, diagnostics } = compile(DEFINITION);
  expect(diagnostics).toEqual([]);
  if (plan === undefined) throw new Error('no plan');
  const handle = await platform.start(plan, { motif: 'a lighthouse', seeds: [7] });
  expect(await handle.result()).toEqual({ first: 'https://images.example.com/7', width: 1024, job: 'job-1' });
  expect(stub.calls).toEqual([
    expect.objectContaining({
      method: 'POST',
      path: '/v3/images/generate',
      body: { prompt: 'A card with a lighthouse', seeds: [7] },
      idempotencyKey: `${handle.workflowId}/draw#1/firefly`,
    }),
    expect.objectContaining({ body: { prompt: 'The card opens' } }),
  ]);
});

test('an input that the document does not allow is a fault of the definition', () => {
  const { diagnostics } = compile(DEFINITION.replace("prompt: 'A card", "prompts: 'A card"));
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'firefly.generateImages requires body.prompt (string), which is not given.',
  ]);
});

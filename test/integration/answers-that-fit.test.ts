/** The types that a definition declares reach the model and hold its answer, on a real server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import type { Plan } from '../../src/plan/plan';
import type { ExecutionState } from '../../src/plan/record';
import { OPENROUTER } from '../../src/providers/openrouter';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import { providerOf } from '../contracts/provider';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testEngine } from './engine';

let stub: Stub;
let engine: Awaited<ReturnType<typeof testEngine>>;
let plan: Plan;

beforeAll(async () => {
  stub = await startOpenAiStub();
  const openrouter = providerOf({ provider: OPENROUTER }, stub);
  engine = await testEngine({ contracts: CONTRACTS, providers: [openrouter] });
  const text = [
    'name: Rating',
    'version: 1.0.0',
    'steps:',
    '  - name: rate',
    '    tool: llm.object',
    '    provider: openrouter',
    "    input: { prompt: 'risk: 0.4' }",
    '    output: { risk: { type: number, maximum: 1 } }',
    "output: { risky: '${steps.rate.output.risk > 0.3}' }",
  ].join('\n');
  const compiled = compileDefinition({ text, file: 'rating.yaml' }, new ToolRegistry(CONTRACTS, [openrouter]));
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  plan = compiled.plan as Plan;
}, 60_000);
afterAll(async () => {
  await engine.close();
  await stub.close();
});

test('llm.object asks for the types of the step, mends a misfit in one attempt, and later steps read the answer', async () => {
  stub.next({ kind: 'misfit' });
  const handle = await engine.start(plan, {});
  expect(await handle.result()).toMatchObject({ risky: true });
  const { steps } = await handle.query<ExecutionState>('state');
  expect(steps[0]).toMatchObject({ output: { risk: 0.4 }, calls: [{ attempts: 1, status: 'completed' }] });
  expect(stub.calls).toHaveLength(2);
  expect(stub.calls[0]?.body).toMatchObject({
    response_format: { json_schema: { strict: true, schema: { properties: { risk: { type: 'number' } } } } },
  });
}, 30_000);

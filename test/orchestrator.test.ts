import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig, OmniError, Orchestrator, RefusedDefinition } from '../src';
import type { NewAgent, RegisteredTool } from '../src';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress } from './servers';

let orchestrator: Orchestrator;
let definitions: string;
beforeAll(async () => {
  definitions = mkdtempSync(path.join(tmpdir(), 'omni-library-'));
  const config = loadConfig({
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    TEMPORAL_TASK_QUEUE: `library-${randomUUID()}`,
    OMNI_DEFINITIONS_DIR: definitions,
    OPENROUTER_API_KEY: '',
  });
  orchestrator = await Orchestrator.open({ config });
}, 120_000);
afterAll(async () => {
  await orchestrator.close();
  rmSync(definitions, { recursive: true });
});

const id = (): string => `lib-${randomUUID()}`;

/** The tool of the specification's example. */
const transcriber = (calls: unknown[]): RegisteredTool => ({
  metadata: {
    name: 'stt.transcribe',
    description: 'Speech-to-text transcription',
    version: '1.0.0',
    provider: 'openrouter',
    category: 'ai',
    timeout: 30000,
    retryable: true,
    requiresAuth: true,
    scopes: ['stt:transcribe'],
  },
  capabilities: [
    {
      name: 'transcribe',
      description: 'Convert audio to text',
      inputTypes: ['audio'],
      outputTypes: ['text'],
      supportedProviders: ['openrouter', 'gemini'],
    },
  ],
  execute: (input, context) => {
    calls.push({ input, context });
    return Promise.resolve({ text: 'transcribed text', confidence: 0.95 });
  },
  healthCheck: () => Promise.resolve(true),
  validate: (input) => ({ valid: input['audioData'] !== undefined, errors: ['audioData is missing'] }),
});

const plain = (name: string, execute: RegisteredTool['execute'], retryable = true): RegisteredTool => ({
  metadata: {
    name,
    description: name,
    version: '1.0.0',
    provider: 'mine',
    category: 'test',
    timeout: 5000,
    retryable,
    requiresAuth: false,
    scopes: [],
  },
  capabilities: [],
  execute,
});

describe('tools', () => {
  test('the example of the specification works as printed', async () => {
    const calls: { context: { userId: string } }[] = [];
    await orchestrator.getToolRegistry().registerTool('stt.transcribe', 'openrouter', transcriber(calls));
    const result = await orchestrator
      .getToolRegistry()
      .executeTool(
        'stt.transcribe',
        'openrouter',
        { audioData: 'base64encoded...', language: 'en' },
        { userId: 'user123', sessionId: 'session456' },
      );
    expect(result).toMatchObject({
      success: true,
      provider: 'openrouter',
      output: { text: 'transcribed text', confidence: 0.95 },
    });
    expect(result.duration).toBeGreaterThan(0);
    expect(calls).toEqual([
      {
        input: { audioData: 'base64encoded...', language: 'en' },
        context: {
          userId: 'user123',
          sessionId: 'session456',
          signal: expect.any(AbortSignal),
          idempotencyKey: expect.stringContaining('/call#1/openrouter'),
        },
      },
    ]);
  });

  test('what validate refuses is a failed call with its reasons', async () => {
    const result = await orchestrator.getToolRegistry().executeTool('stt.transcribe', 'openrouter', { language: 'en' });
    expect(result).toMatchObject({ success: false, error: { type: 'validation' } });
    expect(result.error?.detail).toContain('audioData is missing');
  });

  test('a registered tool serves definitions at once, and retries with one key when it may', async () => {
    const keys: string[] = [];
    const flaky = plain('math.double', (input, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      return keys.length === 1
        ? Promise.reject(new Error('not now'))
        : Promise.resolve({ twice: Number(input['n']) * 2 });
    });
    await orchestrator.getToolRegistry().registerTool('math.double', 'mine', flaky);
    const { id: name } = await orchestrator.getWorkflowEngine().registerWorkflow(`
id: ${id()}
name: Doubler
version: 1.0.0
trigger: { payload: { n: number } }
defaults: { retry: { maxAttempts: 2, initialInterval: 10ms } }
steps:
  - { name: double, tool: math.double, provider: mine, input: { n: "\${trigger.payload.n}" } }
output: { twice: "\${steps.double.output.twice}" }
`);
    const result = await orchestrator.getWorkflowEngine().executeWorkflow(name, { n: 21 }, { userId: 'u' });
    expect(result).toMatchObject({
      status: 'completed',
      output: { twice: 42 },
      steps: [{ path: 'double', attempts: 2, provider: 'mine' }],
    });
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });

  test('one that is not retryable is tried once', async () => {
    let calls = 0;
    const once = plain('math.fail', () => Promise.reject(new Error(`failure ${(calls += 1)}`)), false);
    await orchestrator.getToolRegistry().registerTool('math.fail', 'mine', once);
    const result = await orchestrator.getToolRegistry().executeTool('math.fail', 'mine', {});
    expect(result).toMatchObject({ success: false, error: { type: 'outcome-unknown', data: { was: 'tool-error' } } });
    expect(calls).toBe(1);
  });

  test('what gives no JSON is a failed call', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    await orchestrator.getToolRegistry().registerTool(
      'math.circle',
      'mine',
      plain('math.circle', () => Promise.resolve(circle)),
    );
    expect(await orchestrator.getToolRegistry().executeTool('math.circle', 'mine', {})).toMatchObject({
      success: false,
    });
  });

  test('are found and listed in the shape that they are registered in', async () => {
    const tools = orchestrator.getToolRegistry();
    const all = await tools.getAllTools();
    expect(all).toContainEqual(expect.objectContaining({ name: 'mt.translate', provider: 'local', category: 'mt' }));
    const own = await tools.getTool('stt.transcribe', 'openrouter');
    expect(own.capabilities[0]?.inputTypes).toEqual(['audio']);
    const builtIn = await tools.getTool('mt.translate', 'openrouter');
    expect(builtIn.validate?.({})).toMatchObject({ valid: false });
    expect(await builtIn.healthCheck?.()).toBe(true);
    await expect(tools.getTool('mt.translat', 'local')).rejects.toMatchObject({
      problem: { type: 'not-found', data: { suggestion: 'mt.translate' } },
    });
  });

  test('that do not exist reject: nothing was called', async () => {
    await expect(orchestrator.getToolRegistry().executeTool('no.such', 'local', {})).rejects.toBeInstanceOf(OmniError);
    await expect(
      orchestrator.getToolRegistry().registerTool(
        'NoDot',
        'mine',
        plain('x', () => Promise.resolve({})),
      ),
    ).rejects.toMatchObject({ problem: { type: 'validation' } });
  });
});

describe('workflows', () => {
  test('are registered as an object too, found and listed', async () => {
    const name = id();
    const entry = await orchestrator
      .getWorkflowEngine()
      .registerWorkflow({ id: name, name: 'Plain', version: '1.0.0', steps: [{ name: 'a', set: { x: 1 } }] });
    expect(entry).toMatchObject({ id: name, origin: 'published' });
    expect((await orchestrator.getWorkflowEngine().getWorkflow(name)).plan?.name).toBe('Plain');
    expect((await orchestrator.getWorkflowEngine().getWorkflows()).map((one) => one.id)).toContain(name);
  });

  test('that fail resolve with their error', async () => {
    const name = id();
    await orchestrator.getWorkflowEngine().registerWorkflow({
      id: name,
      name: 'Fails',
      version: '1.0.0',
      steps: [{ name: 'end', fail: { type: 'no-stock', detail: 'Nothing left.' } }],
    });
    const result = await orchestrator.getWorkflowEngine().executeWorkflow(name, {});
    expect(result).toMatchObject({ status: 'failed', error: { type: 'app/no-stock', detail: 'Nothing left.' } });
  });

  test('are paused, resumed and run again from a step on', async () => {
    const engine = orchestrator.getWorkflowEngine();
    const name = id();
    await engine.registerWorkflow({
      id: name,
      name: 'Twice',
      version: '1.0.0',
      steps: [
        { name: 'a', set: { x: 1 } },
        { name: 'b', set: { y: '${vars.x + 1}' } },
      ],
      output: '${vars.y}',
    });
    const first = await engine.executeWorkflow(name, {});
    const second = await engine.rerunExecution(first.executionId, 'b');
    expect(second).toMatchObject({ status: 'completed', output: 2 });
    expect(second.steps.map(({ reused }) => reused === true)).toEqual([true, false]);
    for (const late of [engine.pauseExecution(second.executionId), engine.resumeExecution(second.executionId)])
      await expect(late).rejects.toMatchObject({ problem: { type: 'conflict' } });
  });

  test('that were never started reject', async () => {
    await expect(orchestrator.getWorkflowEngine().executeWorkflow('none', {})).rejects.toMatchObject({
      problem: { type: 'not-found' },
    });
    await expect(orchestrator.getWorkflowEngine().registerWorkflow('name: x')).rejects.toBeInstanceOf(
      RefusedDefinition,
    );
  });
});

describe('a second orchestrator in one process', () => {
  test('opens beside the first', async () => {
    const config = loadConfig({
      ...process.env,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      TEMPORAL_ADDRESS: await testTemporalAddress(),
      DATABASE_URL: await testDatabaseUrl(),
      ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
      TEMPORAL_TASK_QUEUE: `library-${randomUUID()}`,
      OMNI_DEFINITIONS_DIR: definitions,
    });
    const second = await Orchestrator.open({ config });
    expect(await second.getToolRegistry().getAllTools()).not.toEqual([]);
    await second.close();
  }, 60_000);
});

describe('agents', () => {
  test('the examples of the specification work as printed', async () => {
    const agents = orchestrator.getAgentOrchestrator();
    const definition: NewAgent = {
      id: 'manager-001',
      name: 'Workflow Manager',
      type: 'manager',
      capabilities: ['workflow_execution', 'task_distribution', 'monitoring'],
      maxConcurrency: 5,
      priority: 'high',
      config: { timeout: 300000, retries: 3 },
      metadata: { version: '1.0.0', environment: 'production' },
    };
    expect(await agents.registerAgent(definition)).toMatchObject({ ...definition, pool: 'default' });
    expect(await agents.updateAgentStatus('manager-001', 'busy', { currentTask: 'workflow-execution' })).toMatchObject({
      override: { status: 'busy', metadata: { currentTask: 'workflow-execution' }, by: 'library' },
    });
    expect(await agents.updateAgentStatus('manager-001', 'idle')).not.toHaveProperty('override');
    expect(await agents.getAgentMetrics('manager-001')).toMatchObject({
      agents: [{ id: 'manager-001', completed: 0, failed: 0 }],
    });
    expect(await agents.getAgentMetrics()).toMatchObject({ withinMs: 86_400_000 });
  });

  test('executeWorkflow takes its input from the payload of the context', async () => {
    const name = id();
    await orchestrator.getWorkflowEngine().registerWorkflow({
      id: name,
      name,
      version: '1.0.0',
      trigger: { payload: { userId: 'string' } },
      steps: [{ name: 'keep', set: { who: '${trigger.payload.userId}', where: '${trigger.context.place}' } }],
      output: { who: '${vars.who}', where: '${vars.where}' },
    });
    const context = { payload: { userId: 'user123' }, place: 'here' };
    expect(await orchestrator.getAgentOrchestrator().executeWorkflow(name, context)).toMatchObject({
      status: 'completed',
      output: { who: 'user123', where: 'here' },
    });
  });

  test('what is not as it has to be is refused with its place', async () => {
    const agents = orchestrator.getAgentOrchestrator();
    await expect(
      agents.registerAgent({ id: 'x y', name: 'X', type: 'manager', capabilities: ['a'] }),
    ).rejects.toMatchObject({ problem: { type: 'validation', errors: [{ pointer: '/id' }] } });
    await expect(agents.updateAgentStatus('manager-001', 'busy', {}, { forMs: 1e9 })).rejects.toMatchObject({
      problem: { type: 'validation', errors: [{ pointer: '/forMs' }] },
    });
    await expect(agents.updateAgentStatus('nobody', 'busy')).rejects.toMatchObject({ problem: { type: 'not-found' } });
    await expect(agents.getAgentMetrics('nobody')).rejects.toMatchObject({ problem: { type: 'not-found' } });
  });
});

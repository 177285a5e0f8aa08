/** Agents and what their tasks came to, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { NO_USAGE } from '../../src/plan/record';
import type { AgentTerms } from '../../src/store/agent-table';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';

let store: Store;
let database: Client;
beforeAll(async () => {
  store = await testStore();
  database = new Client({ connectionString: await testDatabaseUrl() });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await store.close();
});

const LIFE_MS = 60_000;
const home = (): string => randomUUID();
const terms = (changes: Partial<AgentTerms> = {}): AgentTerms => ({
  id: 'engineer-001',
  name: 'Engineer',
  type: 'engineer',
  pool: 'default',
  capabilities: ['code'],
  max_concurrency: 5,
  priority: 'normal',
  config: { timeout: 300_000 },
  metadata: {},
  ...changes,
});
const pulse = (owner: string, inFlight = 1) => ({ owner, build: 'b', inFlight, draining: false });

test('registered twice is registered once, and what is different raises the version', async () => {
  const at = home();
  expect(await store.agents.register(at, terms())).toMatchObject({
    isNew: true,
    version: 1,
    config: { timeout: 300_000 },
  });
  const again = await store.agents.register(at, terms());
  expect(again).toMatchObject({ isNew: false, version: 1, updated_at: again.registered_at });
  expect(await store.agents.register(at, terms({ capabilities: ['code', 'test'] }))).toMatchObject({
    isNew: false,
    version: 2,
    capabilities: ['code', 'test'],
  });
  expect(await store.agents.register(at, terms({ name: 'Other' }), 'ifNew')).toMatchObject({
    isNew: false,
    version: 2,
    name: 'Engineer',
  });
  expect(await store.agents.list(home())).toEqual([]);
});

test('of many that register it at the same moment one makes it', async () => {
  const at = home();
  const rows = await Promise.all(
    Array.from({ length: 8 }, (_, index) => store.agents.register(at, terms(), index % 2 === 0 ? 'ifNew' : undefined)),
  );
  expect(rows.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(rows.map(({ version }) => version)).toEqual(rows.map(() => 1));
});

test('one process is an agent until it has not been heard of or has left', async () => {
  const at = home();
  const [one, other] = [randomUUID(), randomUUID()];
  expect(await store.agents.pulse(at, 'engineer-001', pulse(one), LIFE_MS)).toBeUndefined();
  await store.agents.register(at, terms());
  const first = await store.agents.pulse(at, 'engineer-001', pulse(one, 3), LIFE_MS);
  expect(first).toMatchObject({ owner: one, in_flight: 3 });
  expect(await store.agents.pulse(at, 'engineer-001', pulse(other), LIFE_MS)).toBeUndefined();
  expect(await store.agents.pulse(at, 'engineer-001', pulse(one, 2), LIFE_MS)).toMatchObject({
    in_flight: 2,
    started_at: first?.started_at,
  });
  // Unseen for as long as its life is.
  expect(await store.agents.pulse(at, 'engineer-001', pulse(other), 0)).toMatchObject({ owner: other });
  await store.agents.leave(at, 'engineer-001', one);
  expect(await store.agents.get(at, 'engineer-001')).toMatchObject({ owner: other, seen_at: expect.any(Date) });
  await store.agents.leave(at, 'engineer-001', other);
  expect(await store.agents.get(at, 'engineer-001')).toMatchObject({ seen_at: null, in_flight: 0 });
  expect(await store.agents.pulse(at, 'engineer-001', pulse(one), LIFE_MS)).toMatchObject({ owner: one });
});

test('what is set stands until the time that was named, by the clock of the database', async () => {
  const at = home();
  await store.agents.register(at, terms());
  const set = { status: 'busy', metadata: { currentTask: 'x' }, by: 'ada', forMs: 60_000 };
  const row = await store.agents.setStatus(at, 'engineer-001', set);
  expect(row).toMatchObject({ set_status: 'busy', set_metadata: { currentTask: 'x' }, set_by: 'ada' });
  const leftMs = (row?.set_until?.getTime() ?? 0) - (row?.now.getTime() ?? 0);
  expect(Math.abs(leftMs - 60_000)).toBeLessThan(5_000);
  expect(await store.agents.setStatus(at, 'nobody', set)).toBeUndefined();
});

interface Task {
  readonly type?: string;
  readonly state: string;
  readonly agent?: string;
  readonly pool?: string;
  readonly decision?: object;
  /** Seconds before now. */
  readonly times: readonly [submitted: number, started?: number | undefined, ended?: number];
  readonly costUsd?: number;
  readonly approvals?: readonly [asked: number, given: number];
  readonly error?: string;
}

async function tasks(at: string, all: readonly Task[]): Promise<void> {
  for (const { type, state, agent, pool, decision, times, costUsd = 0, approvals = [0, 0], error } of all) {
    await database.query(
      `INSERT INTO agent_tasks (home, id, type, capability, priority, state, agent_id, pool, decision,
         submitted_at, started_at, ended_at, input_tokens, output_tokens, cost_usd, approvals_asked, approvals_given, error_type)
       VALUES ($1, $2, $3, 'code', 'normal', $4, $5, $6, $7, now() - $8 * interval '1 s', now() - $9 * interval '1 s',
         now() - $10 * interval '1 s', 10, 1, $11, $12, $13, $14)`,
      [
        at,
        randomUUID(),
        type,
        state,
        agent,
        pool,
        decision,
        ...[0, 1, 2].map((index) => times[index]),
        costUsd,
        ...approvals,
        error,
      ],
    );
  }
}

test('figures are of what ended within the window, by agent and by type', async () => {
  const at = home();
  await tasks(at, [
    { type: 'engineer', agent: 'e1', state: 'completed', times: [40, 30, 20], costUsd: 0.5, approvals: [2, 1] },
    { type: 'engineer', agent: 'e1', state: 'completed', times: [40, 38, 18], costUsd: 0.25 },
    { agent: 'e2', decision: { agent: 'engineer' }, state: 'failed', times: [30, 30, 20], error: 'timeout' },
    { type: 'engineer', agent: 'e2', state: 'failed', times: [30, 30, 10], error: 'tool-error' },
    { type: 'engineer', state: 'rejected', times: [50, undefined, 5] },
    { type: 'tester', agent: 't1', state: 'working', times: [50, 40] },
    { type: 'tester', agent: 't1', state: 'completed', times: [7000, 7000, 6000] },
  ]);
  const figures = await store.agentFigures.figures(at, 3_600_000);
  expect(figures.map(({ agent_id, type }) => agent_id ?? type)).toEqual(['e1', 'e2', 'engineer']);
  expect(figures[0]).toMatchObject({
    completed: 2,
    failed: 0,
    duration_p50: expect.closeTo(15_000, 3),
    wait_p50: expect.closeTo(6_000, 3),
    input_tokens: 20,
    output_tokens: 2,
    cost_usd: 0.75,
    approvals_asked: 2,
    approvals_given: 1,
    error_type: null,
  });
  expect(figures[1]).toMatchObject({ failed: 2, error_type: 'tool-error', error_at: expect.any(Date) });
  expect(figures[2]).toMatchObject({ completed: 2, failed: 2, rejected: 1, canceled: 0, error_type: 'tool-error' });
  expect(await store.agentFigures.figures(home(), 3_600_000)).toEqual([]);
});

test('figures are found by when tasks ended, however many there are', async () => {
  const { rows } = await database.query<{ indexdef: string }>(
    `SELECT indexdef FROM pg_indexes WHERE tablename = 'agent_tasks' AND indexname = 'agent_tasks_by_end'`,
  );
  expect(rows.map(({ indexdef }) => indexdef)).toEqual([expect.stringContaining('(home, ended_at)')]);
});

test('a task is noted as it asks people, and what they were asked is not forgotten when it ends', async () => {
  const at = home();
  const { agentTasks } = store;
  const usage = { ...NO_USAGE, costUsd: 0.5 };
  for (const id of ['told', 'lost']) {
    await agentTasks.submit(at, { id, type: 'engineer', capability: 'code', priority: 'normal' });
    await agentTasks.standing(at, id, { state: 'working', decision: { agent: 'engineer' }, pool: 'default' });
    const asks = { state: 'input_required', reason: 'approval_requested', approvals: { asked: 2, given: 0 } };
    await agentTasks.asked(at, id, asks);
    expect(await agentTasks.get(at, id)).toMatchObject({ state: 'input_required', pool: 'default', ended_at: null });
    await agentTasks.asked(at, id, { state: 'working', approvals: { asked: 2, given: 1 } });
    expect(await agentTasks.get(at, id)).toMatchObject({ state: 'working', reason: null });
  }
  await agentTasks.end(at, 'told', { state: 'completed', usage, approvals: { asked: 3, given: 2 } });
  await agentTasks.end(at, 'lost', { state: 'completed', usage });
  await agentTasks.asked(at, 'told', { state: 'input_required', approvals: { asked: 9, given: 9 } });
  expect(await agentTasks.get(at, 'told')).toMatchObject({ state: 'completed' });
  const [figures] = await store.agentFigures.figures(at, 60_000);
  expect(figures).toMatchObject({ completed: 2, approvals_asked: 5, approvals_given: 3, cost_usd: 1 });
});

test('what is open is counted by pool and agent, once it has found a pool', async () => {
  const at = home();
  await tasks(at, [
    { type: 'engineer', state: 'submitted', times: [3] },
    { type: 'engineer', pool: 'default', state: 'submitted', times: [3] },
    { pool: 'default', decision: { agent: 'engineer' }, state: 'submitted', times: [3] },
    { type: 'engineer', pool: 'default', agent: 'e1', state: 'working', times: [3, 2] },
    { type: 'engineer', pool: 'default', agent: 'e1', state: 'completed', times: [3, 2, 1] },
  ]);
  const open = await store.agentFigures.open(at);
  expect(open).toHaveLength(2);
  expect(open).toEqual(
    expect.arrayContaining([
      { agent_id: null, type: 'engineer', pool: 'default', tasks: 2 },
      { agent_id: 'e1', type: 'engineer', pool: 'default', tasks: 1 },
    ]),
  );
  expect(await store.agentFigures.openOf(at, 'e1', 10)).toMatchObject([{ capability: 'code', state: 'working' }]);
});

test('what no agent has begun waits, the oldest first, with the reason of its last decision', async () => {
  const at = home();
  await tasks(at, [
    { state: 'submitted', times: [2], decision: { found: false, reason: 'nobody is there' } },
    { type: 'engineer', pool: 'default', agent: 'e1', state: 'submitted', times: [3] },
    { type: 'engineer', pool: 'default', agent: 'e1', state: 'working', times: [3, 2] },
    { type: 'engineer', state: 'completed', times: [3, 2, 1] },
  ]);
  expect(await store.agentFigures.waiting(at, 10)).toMatchObject([
    { agent_id: 'e1', reason: null },
    { agent_id: null, reason: 'nobody is there' },
  ]);
  expect(await store.agentFigures.waiting(at, 1)).toHaveLength(1);
});

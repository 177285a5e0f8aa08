/** What rounds of alerts leave in Temporal: it stays as much, however many there were. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scan } from '../../src/executions/retention';
import { ALERT_ROUND_TYPE } from '../../src/plan/alert';
import { ECHO_CONTRACTS, echoProvider } from '../api/echo-tools';
import type { Harness } from '../support';
import { harness, quiet } from '../support';

let ground: Harness;
beforeAll(async () => {
  ground = await harness({ contracts: ECHO_CONTRACTS, providers: [echoProvider()], plans: [] });
}, 60_000);
afterAll(() => ground.close());

const ROUNDS = 5;

test('rounds delete those before them, and retention never hears of any', async () => {
  const { client, taskQueue, store } = ground;
  const ended = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    const query = `TaskQueue = '${taskQueue}' AND WorkflowType = '${ALERT_ROUND_TYPE}' AND ExecutionStatus != 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
    return found;
  };
  const until = async (holds: (ids: readonly string[]) => boolean): Promise<void> => {
    for (const end = Date.now() + 200_000; Date.now() < end; await delay(200)) if (holds(await ended())) return;
    throw new Error(`Left: ${(await ended()).join(', ')}`);
  };
  const ids = Array.from({ length: ROUNDS }, (_, i) => `alerts:${taskQueue}:${i}`);
  for (const workflowId of ids) {
    await client.workflow.execute(ALERT_ROUND_TYPE, { workflowId, taskQueue, args: [] });
    // Lists trail, and a round deletes what is listed.
    await until((listed) => listed.includes(workflowId));
  }
  const deps = { client, taskQueue, store, defaultKeepMs: 60_000, logger: quiet, now: () => Date.now() };
  expect(await scan(deps, new AbortController().signal, 0)).toBe(0);
  // Of what has just ended Temporal deletes it up to half a minute after it said so.
  await until((listed) => listed.join() === ids.at(-1));
}, 240_000);

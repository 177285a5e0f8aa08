/** How exact a server's timers are: a cluster may keep each of them back by a second. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Plan } from '../plan/plan';
import type { ExecutionState, StartArgument } from '../plan/record';
import { STATE_QUERY } from '../plan/record';

const WAIT_MS = 20;

const PLAN: Plan = {
  schemaVersion: 1,
  id: 'timers',
  name: 'How exact timers are',
  version: '1.0.0',
  hash: '',
  events: [],
  input: {},
  // The first of a worker's waits is slow for another reason: the workflow code is loaded.
  steps: [
    { kind: 'wait', name: 'first', forMs: WAIT_MS },
    { kind: 'wait', name: 'second', forMs: WAIT_MS },
  ],
  guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
};

/** Real milliseconds by which a timer is late. Needs an engine worker on the queue. */
export async function timerLateness(client: Client, taskQueue: string): Promise<number> {
  const argument: StartArgument = {
    omni: 1,
    payload: {},
    context: {},
    plan: PLAN,
    snapshot: { flags: {}, settings: {} },
  };
  const handle = await client.workflow.start(PLAN.id, {
    taskQueue,
    workflowId: `timers-${randomUUID()}`,
    args: [argument],
    workflowExecutionTimeout: '1m',
  });
  await handle.result();
  const { steps } = await handle.query<ExecutionState>(STATE_QUERY);
  const { startedAt = 0, endedAt = startedAt } = steps.at(-1) ?? {};
  return Math.max(0, endedAt - startedAt - WAIT_MS);
}

/** Tells the worker of an execution that has ended, so that it is counted once. */
import type { Sinks as TemporalSinks } from '@temporalio/workflow';
import { proxySinks } from '@temporalio/workflow';
import type { LiveState } from '../src/interpreter/state';
import type { EndedExecution, Sinks } from '../src/plan/ended';
import type { Plan } from '../src/plan/plan';
import { addUsage } from '../src/plan/record';

const { omni } = proxySinks<Sinks & TemporalSinks>();

export function tellEnded(plan: Plan, { ended, records, startedAt, usage, endUsage }: LiveState): void {
  if (ended === undefined) return;
  const { error, cancelled, at } = ended;
  const counts = new Map<string, EndedExecution['steps'][number]>();
  for (const { kind, status, reused } of records.values()) {
    if (reused) continue;
    const key = `${kind} ${status}`;
    counts.set(key, { kind, status, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const { inputTokens, outputTokens, costUsd } = addUsage(usage, endUsage);
  omni.ended({
    workflow: plan.id,
    status: error === undefined ? 'completed' : cancelled === true ? 'cancelled' : 'failed',
    ...(error === undefined ? {} : { error: error.type }),
    durationMs: at - startedAt,
    usage: { inputTokens, outputTokens, costUsd },
    steps: [...counts.values()],
  });
}

/**
 * The walk. A list of steps runs in order; each step goes through these states, which its record shows:
 *
 *   (no record) ──▶ running ──▶ completed | degraded | skipped
 *                      │ ▲
 *                      │ └── handler: its failure found a handler of `onError`, whose steps run
 *                      └──▶ failed (handled: the walk goes on; else the failure goes up) | cancelled
 *
 * An execution that continues as new walks the plan again from the top. A step whose record is closed answers from it at once;
 * one that is `running` takes up where its record stands. So nothing may be remembered anywhere but in records, and every change
 * of the state is one synchronous write: a copy of the state taken between any two of them can be resumed.
 */
import type { Json } from '../plan/json';
import type { Step } from '../plan/plan';
import type { Problem } from '../plan/problem';
import { asError, toProblem } from '../plan/problem';
import type { StepRecord } from '../plan/record';
import { Cancelled } from './cancel-token';
import { noteUndo } from './compensation';
import type { Context, Flow, Runner, StepContext, StepResult } from './context';
import { fail, handle, resumeHandler } from './on-error';
import { conditionAt } from './scope';

/** Output: that of the last step that had one. */
export async function runSteps(steps: readonly Step[], context: Context): Promise<Flow> {
  let output: Json | undefined;
  for (const step of steps) {
    const flow = await runStep(step, context);
    if (flow.kind === 'return') return flow;
    output = flow.output ?? output;
  }
  return output === undefined ? { kind: 'next' } : { kind: 'next', output };
}

async function runStep(step: Step, context: Context): Promise<Flow> {
  const path = context.prefix + step.name;
  const { records } = context.state;
  const earlier = records.get(path);
  if (earlier !== undefined && earlier.status !== 'running') return answer(earlier);
  context.cancel.throwIfCancelled();

  const now = (): number => context.effects.now();
  const inner: StepContext = {
    ...context,
    path,
    prefix: `${path}.`,
    record: () => records.get(path) as StepRecord,
    amend: (fields) => records.set(path, { ...(records.get(path) as StepRecord), ...fields }),
  };
  if (earlier === undefined)
    records.set(path, { path, name: step.name, kind: step.kind, status: 'running', startedAt: now() });
  try {
    if (earlier?.handler !== undefined) return await resumeHandler(step, inner);
    if (earlier === undefined && step.if !== undefined && !conditionAt(inner, step.if, { path, part: 'if' })) {
      inner.amend({ status: 'skipped', endedAt: now() });
      return { kind: 'next' };
    }
    const { degraded, kind, ...fields } = await run(step, inner);
    const closed = { status: degraded === true ? ('degraded' as const) : ('completed' as const), endedAt: now() };
    inner.amend({ ...fields, ...closed, ...(kind === 'return' ? { returned: true as const } : {}) });
    noteUndo(inner, step.compensate !== undefined);
    return answer(inner.record());
  } catch (thrown) {
    if (thrown instanceof Cancelled) {
      inner.amend({ status: 'cancelled', error: thrown.reason, endedAt: now() });
      noteUndo(inner, step.compensate !== undefined);
      throw thrown;
    }
    if (inner.record().handler !== undefined) throw fail(inner, located(thrown, path));
    return handle(step, inner, located(thrown, path));
  }
}

function run(step: Step, context: StepContext): Promise<StepResult> {
  return (context.runners[step.kind] as Runner)(step, context);
}

/** What a closed step came to, from its record alone. */
function answer({ status, output, error, handled, returned }: StepRecord): Flow {
  if (status === 'cancelled' && error !== undefined) throw new Cancelled(error);
  if (status === 'failed' && handled !== true && error !== undefined) throw asError(error);
  if (returned === true) return { kind: 'return', output: output ?? null };
  return output === undefined ? { kind: 'next' } : { kind: 'next', output };
}

function located(thrown: unknown, path: string): Problem {
  const problem = toProblem(thrown);
  return problem.step === undefined ? { ...problem, step: path } : problem;
}

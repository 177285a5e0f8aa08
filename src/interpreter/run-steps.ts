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
import { isRunningWithin } from './state';

/** Output: that of the last step that had one. */
export async function runSteps(steps: readonly Step[], context: Context): Promise<Flow> {
  let output: Json | undefined;
  for (const step of steps) {
    const earlier = context.state.records.get(context.prefix + step.name);
    let flow: Flow;
    if (earlier !== undefined && earlier.status !== 'running') flow = answer(earlier);
    else {
      if (earlier === undefined) context.cancel.throwIfCancelled();
      const inner = enter(step, context, earlier);
      // Not a function of its own: in the sandbox every promise on the way to a call costs a stack trace.
      try {
        // What an earlier round left running is closed from the innermost step outwards.
        if (inner.cancel.reason !== undefined && !isRunningWithin(inner.state, inner.path))
          throw new Cancelled(inner.cancel.reason);
        if (earlier?.handler !== undefined) flow = await resumeHandler(step, inner);
        else if (earlier === undefined && !applies(step, inner)) flow = skip(inner);
        else flow = close(step, inner, await run(step, inner));
      } catch (thrown) {
        flow = await unwind(step, inner, thrown);
      }
    }
    if (flow.kind === 'return') return flow;
    output = flow.output ?? output;
  }
  return output === undefined ? { kind: 'next' } : { kind: 'next', output };
}

function enter(step: Step, context: Context, earlier: StepRecord | undefined): StepContext {
  const path = context.prefix + step.name;
  const { effects, state } = context;
  const { records } = state;
  if (earlier === undefined) {
    const startedAt = effects.now();
    records.set(path, { path, name: step.name, kind: step.kind, status: 'running', startedAt });
  }
  return {
    ...context,
    path,
    prefix: `${path}.`,
    record: () => records.get(path) as StepRecord,
    amend(fields) {
      const before = records.get(path) as StepRecord;
      const after = { ...before, ...fields };
      records.set(path, after);
      if (before.endedAt === undefined && after.endedAt !== undefined) effects.stepEnded?.(after, context.path);
    },
  };
}

function applies(step: Step, inner: StepContext): boolean {
  return step.if === undefined || conditionAt(inner, step.if, { path: inner.path, part: 'if' });
}

function skip({ amend, effects }: StepContext): Flow {
  amend({ status: 'skipped', endedAt: effects.now() });
  return { kind: 'next' };
}

function close(step: Step, inner: StepContext, { degraded, kind, ...fields }: StepResult): Flow {
  const status = degraded === true ? 'degraded' : 'completed';
  const returned = kind === 'return' ? { returned: true as const } : {};
  inner.amend({ ...fields, status, endedAt: inner.effects.now(), ...returned });
  noteUndo(inner, step.compensate !== undefined);
  return answer(inner.record());
}

async function unwind(step: Step, inner: StepContext, thrown: unknown): Promise<Flow> {
  if (thrown instanceof Cancelled) {
    inner.amend({ status: 'cancelled', error: thrown.reason, endedAt: inner.effects.now() });
    noteUndo(inner, step.compensate !== undefined);
    throw thrown;
  }
  const problem = located(thrown, inner.path);
  if (inner.record().handler !== undefined) throw fail(inner, problem);
  return handle(step, inner, problem);
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

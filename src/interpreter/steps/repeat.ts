/** `repeat`: runs its steps round after round, for as long as `while` and `until` say. */
import type { RepeatStep } from '../../plan/plan';
import { OmniError } from '../../plan/problem';
import type { Context, Runner, StepContext, StepResult } from '../context';
import { withTimeout } from '../deadline';
import { conditionAt } from '../scope';
import type { LoopProgress } from '../state';
import { forget } from '../state';
import { waitUntil } from '../wait-until';

type Progress = Extract<LoopProgress, { kind: 'repeat' }>;

/** Rounds in a row that neither call nor wait: more would keep the worker from everything else. */
const MAX_IDLE_ROUNDS = 10_000;

export const runRepeat: Runner<'repeat'> = (step, context) =>
  withTimeout(step.timeoutMs, context, (bounded) => rounds(step, bounded));

async function rounds(step: RepeatStep, context: StepContext): Promise<StepResult> {
  const progress = progressOf(context);
  for (let idle = 0; progress.running || (await another(step, context, progress));) {
    const before = context.gate.passed;
    const { index } = progress;
    progress.running = true;
    const inner = roundOf(context, index);
    const flow = await context.runSteps(step.steps, inner);
    if (flow.kind === 'return') return flow;
    const over = step.until !== undefined && conditionAt(inner, step.until, { path: inner.prefix, part: 'until' });
    if (flow.output !== undefined) progress.output = flow.output;
    progress.running = false;
    progress.index = index + 1;
    progress.over = over;
    idle = context.gate.passed === before ? idle + 1 : 0;
    if (idle >= MAX_IDLE_ROUNDS)
      throw new OmniError(
        'policy',
        `${context.path} went ${idle} rounds without a call or a wait. Give it every, max, or a step that does something.`,
      );
  }
  return progress.output === undefined ? { kind: 'next' } : { kind: 'next', output: progress.output };
}

function progressOf(context: StepContext): Progress {
  const earlier = context.state.loops.get(context.path);
  if (earlier?.kind === 'repeat') return earlier;
  const progress: Progress = {
    kind: 'repeat',
    index: 0,
    running: false,
    over: false,
    startedAt: context.effects.now(),
  };
  context.state.loops.set(context.path, progress);
  return progress;
}

/** Whether there is another round; waits for its time. `while` still sees the last round's steps, which are forgotten then. */
async function another(step: RepeatStep, context: StepContext, progress: Progress): Promise<boolean> {
  const { index, over } = progress;
  if (over) return false;
  const last = { ...roundOf(context, index - 1), locals: { ...context.locals, index } };
  if (step.while !== undefined && !conditionAt(last, step.while, { path: `${context.path}[${index}].`, part: 'while' }))
    return false;
  if (step.max !== undefined && index >= step.max) {
    if (step.while === undefined && step.until === undefined) return false;
    throw new OmniError(
      'policy',
      `${context.path} went ${step.max} rounds, its max, and ${step.until === undefined ? 'while still holds' : 'until does not hold yet'}.`,
    );
  }
  if (index > 0 && step.everyMs !== undefined) {
    const at = progress.startedAt + step.everyMs;
    if (at > context.effects.now()) await waitUntil(context, at);
  }
  forget(context.state, last.prefix);
  progress.startedAt = context.effects.now();
  return true;
}

function roundOf(context: StepContext, index: number): Context {
  return { ...context, prefix: `${context.path}[${index}].`, locals: { ...context.locals, index } };
}

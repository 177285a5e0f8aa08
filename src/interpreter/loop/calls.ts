/** Makes the calls of one turn: those that are refused are put on record, the others run beside each other as steps of their own. */
import { problemOf } from '../../plan/problem';
import type { AgentStep, ToolStep, WorkflowStep } from '../../plan/plan';
import { CancelToken, Cancelled } from '../cancel-token';
import type { Context, StepContext } from '../context';
import type { AdmittedCall, JudgedCall } from './admission';
import { refusalOf } from './approval';
import type { ToldResult } from './words';

/** `prefix`: of the turn's path, with its dot. What spends too much, or is cancelled, ends all of them. */
export async function makeCalls(
  context: StepContext,
  prefix: string,
  calls: readonly JudgedCall[],
): Promise<readonly ToldResult[]> {
  const cancel = new CancelToken(context.cancel);
  const inner: Context = { ...context, prefix, cancel };
  const made = calls.map((call) =>
    makeCall(inner, call).catch((thrown: unknown) => {
      cancel.cancel(problemOf('cancelled', `Another call had ended ${context.path}.`, { step: context.path }));
      throw thrown;
    }),
  );
  const ended = await Promise.allSettled(made);
  cancel.release();
  context.cancel.throwIfCancelled();
  const lost = ended.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  if (lost.length > 0) throw lost.find((reason) => !(reason instanceof Cancelled)) ?? lost[0];
  return calls.map((call) => resultOf(inner, call));
}

async function makeCall(context: Context, call: JudgedCall): Promise<void> {
  const path = `${context.prefix}${call.number}`;
  if (call.kind === 'refused') return refuse(context, path, call);
  const { state } = context;
  const { is, hash } = call;
  const begun = state.records.get(path);
  if (begun?.kind === REFUSED) return;
  if (begun === undefined && is.approval !== undefined) {
    const problem = await refusalOf(call, context, { prefix: `${path}.`, approval: is.approval });
    if (problem !== undefined) return refuse(context, path, { ...call, kind: 'refused', problem });
  }
  await context.runSteps([stepOf(call)], { ...context, salt: `~${hash.slice(0, 16)}` });
}

/** Kind of the record of a call that was not made. */
const REFUSED = 'refused';

function refuse(
  { state, effects }: Context,
  path: string,
  { problem, number }: Extract<JudgedCall, { kind: 'refused' }>,
) {
  if (state.records.has(path)) return;
  const at = effects.now();
  const error = { ...problem, step: path };
  const times = { startedAt: at, endedAt: at };
  state.records.set(path, {
    path,
    name: String(number),
    kind: REFUSED,
    status: 'failed',
    error,
    handled: true,
    ...times,
  });
}

/** What the model wrote is a literal: an expression in it stays a text. Its failure is told to the model, which goes on. */
function stepOf({ number, is, tool, arguments: given }: AdmittedCall): ToolStep | WorkflowStep | AgentStep {
  const input = { kind: 'literal', value: given } as const;
  return { ...is.step, name: String(number), summary: tool, input, onError: [{ continue: true }] };
}

function resultOf({ state, prefix }: Context, call: JudgedCall): ToldResult {
  const { number, tool } = call;
  const { status, error, output = null, kind } = state.records.get(`${prefix}${number}`) ?? {};
  if (error !== undefined) {
    const { type, detail, errors } = error;
    const faults =
      errors === undefined ? {} : { errors: errors.map(({ pointer, detail: what }) => `${pointer} ${what}`) };
    return { number, tool, status: kind === REFUSED ? 'refused' : 'failed', value: { type, detail, ...faults } };
  }
  return { number, tool, status: status === 'degraded' ? 'degraded' : 'completed', value: output };
}

/** `tool`: calls the providers of its chain in order until one answers. */
import type { CallCandidate, CallOutcome, CallRequest } from '../../plan/call';
import { isObject, jsonBytes } from '../../plan/json';
import type { JsonObject } from '../../plan/json';
import type { Candidate, Template, ToolStep } from '../../plan/plan';
import type { Preference } from '../../plan/preference';
import { priceIn } from '../../plan/price';
import type { Problem } from '../../plan/problem';
import { asError, OmniError, problemOf } from '../../plan/problem';
import type { CallRecord } from '../../plan/record';
import { addUsage, NO_USAGE } from '../../plan/record';
import { unanswered } from '../../plan/spent';
import { nextCandidate, queueMates, whyUsedUp } from '../chain';
import type { Runner, StepContext, StepResult } from '../context';
import type { CallOptions } from '../effects';
import { keyStem } from '../idempotency-key';
import { reserve, stillWanted } from '../ledger';
import { redactionOf } from '../personal';
import { inPreferredOrder } from '../preferred';
import { renderAt } from '../scope';

/** Temporal refuses payloads of 2 MiB; larger values travel as blob references. */
const MAX_REQUEST_BYTES = 1_500_000;

export const runTool: Runner<'tool'> = async (written, context) => {
  const step = written.prefer === undefined ? written : await preferred(written, written.prefer, context);
  const { gate, clock, effects, cancel, record } = context;
  for (;;) {
    const calls = record().calls ?? [];
    const last = calls.at(-1);
    if (last?.status === 'completed') return completed(context);
    const from = nextCandidate(step.chain, last);
    if (from === undefined) return usedUp(step, calls);
    const request = requestOf(step, context, from, calls.length + 1);
    const reserved = reserve(context, request);
    const settle = typeof reserved === 'function' ? reserved : await reserved;
    const held = gate.enter();
    if (held !== undefined) await held;
    // One layer from here down to the call: in the sandbox every promise costs a stack trace.
    try {
      if (held !== undefined) stillWanted(context, settle);
      const startedAt = effects.now();
      const outcome = await clock.during('call', () => effects.call(request, optionsOf(step, request), cancel));
      const made = callRecord(outcome, request, { from, startedAt, endedAt: effects.now() });
      settle(made.usage);
      write(context, made, outcome);
    } finally {
      gate.leave();
    }
    if (record().calls?.at(-1)?.status === 'cancelled') cancel.throwIfCancelled();
  }
};

function preferred(step: ToolStep, prefer: Preference, context: StepContext): Promise<ToolStep> {
  return inPreferredOrder({ ...step, prefer }, context, {
    candidate: (candidate) => callCandidate(step, context, candidate),
    input: () => objectAt(context, step.input, 'input'),
  });
}

function completed({ record }: StepContext): StepResult {
  const { output } = record();
  return output === undefined ? { kind: 'next' } : { kind: 'next', output };
}

function usedUp(step: ToolStep, calls: readonly CallRecord[]): StepResult {
  const problem = whyUsedUp(step, calls);
  if (step.mode === undefined || problem.type === 'budget-exceeded') throw asError(problem);
  return { kind: 'next', output: {}, degraded: true };
}

function optionsOf({ placement, summary, name }: ToolStep, { candidates }: CallRequest): CallOptions {
  return { placement, summary: `${summary ?? name} · ${candidates.map(({ provider }) => provider).join(' › ')}` };
}

function write({ record, amend }: StepContext, made: CallRecord, outcome: CallOutcome): void {
  amend({
    calls: [...(record().calls ?? []), made],
    usage: addUsage(record().usage ?? NO_USAGE, made.usage),
    ...(outcome.status === 'completed' ? { output: outcome.output, provider: outcome.provider } : {}),
  });
}

function callRecord(
  outcome: CallOutcome,
  request: CallRequest,
  at: { readonly from: number; readonly startedAt: number; readonly endedAt: number },
): CallRecord {
  const times = { startedAt: at.startedAt, endedAt: at.endedAt };
  if (outcome.status === 'cancelled') return { ...cancelledCall(request, at.from), ...times };
  const { attempts, skipped, usage } = outcome;
  const last = request.candidates.length - 1;
  const position = outcome.status === 'completed' ? outcome.candidate : (outcome.candidate ?? last);
  return {
    number: request.number,
    status: outcome.status,
    provider: outcome.provider ?? '',
    candidate: at.from + position,
    attempts,
    skipped,
    usage,
    ...times,
    ...(outcome.status === 'failed' ? { error: withStep(outcome.problem, request.path) } : {}),
  };
}

function cancelledCall(request: CallRequest, from: number): Omit<CallRecord, 'startedAt' | 'endedAt'> {
  const provider = request.candidates[0]?.provider ?? '';
  return {
    number: request.number,
    status: 'cancelled',
    provider,
    candidate: from,
    attempts: 1,
    skipped: [],
    usage: unanswered(request, request.candidates[0]),
    error: problemOf(
      'outcome-unknown',
      `The call of ${provider} was cancelled while it ran; whether it took effect is unknown.`,
      {
        step: request.path,
        provider,
      },
    ),
  };
}

function requestOf(step: ToolStep, context: StepContext, from: number, number: number): CallRequest {
  const { path, state } = context;
  const candidates = queueMates(step.chain.slice(from)).map((candidate) => callCandidate(step, context, candidate));
  const request: CallRequest = {
    tool: step.tool,
    path,
    number,
    candidates,
    input: objectAt(context, step.input, 'input'),
    ...(step.output === undefined ? {} : { output: step.output }),
    retry: step.retry,
    idempotent: step.idempotent,
    key: `${keyStem(state, path, '/')}${context.salt ?? ''}#${number}`,
    caller: state.context,
    ...redactionOf(context),
    ...(step.storedTokens === undefined ? {} : { storedTokens: step.storedTokens }),
  };
  const bytes = jsonBytes(request);
  if (bytes > MAX_REQUEST_BYTES)
    throw new OmniError(
      'too-large',
      `The input of ${path} is ${bytes} bytes, over the limit of ${MAX_REQUEST_BYTES} for values built by expressions. Pass the large value on whole, so that it stays a reference.`,
    );
  return request;
}

function callCandidate(step: ToolStep, context: StepContext, candidate: Candidate): CallCandidate {
  const { provider, timeoutMs, stream, queue } = candidate;
  const { model: chosen, ...config } = objectAt(context, candidate.config, `config.${provider}`);
  const model = candidate.model ?? chosen;
  if (model !== undefined && typeof model !== 'string')
    throw new OmniError('validation', `config.model of ${context.path} is no text but of the type ${typeof model}.`);
  const named = model === undefined ? {} : { model };
  const { prices } = context.state.snapshot;
  const price = prices && priceIn(prices, { provider, tool: step.tool, ...named });
  return {
    provider,
    timeoutMs,
    config,
    ...named,
    ...(price === undefined ? {} : { price }),
    ...(stream === undefined ? {} : { stream }),
    ...(queue === undefined ? {} : { queue }),
  };
}

function objectAt(context: StepContext, template: Template, part: string): JsonObject {
  const value = renderAt(context, template, { path: context.path, part });
  return isObject(value) ? value : {};
}

function withStep(problem: Problem, step: string): Problem {
  return { ...problem, step };
}

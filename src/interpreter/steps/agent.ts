/** `agent`: a task for an agent, on a part of the execution's budget. */
import type { AgentTaskRequest, TaskTerms } from '../../plan/agent';
import { isObject, jsonBytes } from '../../plan/json';
import type { AgentStep } from '../../plan/plan';
import { OmniError } from '../../plan/problem';
import { runChild } from '../child';
import type { Runner, StepContext } from '../context';
import { withTimeout } from '../deadline';
import { nextDepth } from '../depth';
import { keyStem } from '../idempotency-key';
import { orderOf } from '../loop/order';
import { renderAt } from '../scope';

/** How long a task waits for an agent. */
const WAIT_MS = 30_000;
/** Temporal refuses payloads of 2 MiB. */
const MAX_REQUEST_BYTES = 1_500_000;

export const runAgent: Runner<'agent'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    const { record, cancel, effects } = bounded;
    if (record().output === undefined) {
      const request = requestOf(step, bounded);
      await runChild(bounded, {
        what: `agent ${step.agent}`,
        ...(step.output === undefined ? {} : { output: step.output }),
        budget: {},
        run: (remaining) => effects.agent({ ...request, parent: { ...request.parent, remaining } }, cancel),
      });
    }
    cancel.throwIfCancelled();
    return { kind: 'next', output: record().output ?? null };
  });

function requestOf(step: AgentStep, context: StepContext): AgentTaskRequest {
  const { state, path } = context;
  const { agent, capability, priority, output, retry, loop } = step;
  const request: AgentTaskRequest = {
    taskId: `${state.id}.${path}`,
    key: `${keyStem(state, path, '/')}${context.salt ?? ''}`,
    agent,
    capability,
    priority,
    input: renderAt(context, step.input, { path, part: 'input' }) ?? {},
    ...(output === undefined ? {} : { output }),
    retry,
    context: state.context,
    parent: {
      executionId: state.id,
      ...(loop === undefined ? {} : { origin: `${keyStem(state, path, '.')}${context.salt ?? ''}` }),
      depth: nextDepth(context),
      remaining: {},
    },
    ...(loop === undefined ? {} : { loop: orderOf(loop, context) }),
    terms: termsOf(step, context),
  };
  const bytes = jsonBytes(request);
  if (bytes > MAX_REQUEST_BYTES)
    throw new OmniError(
      'too-large',
      `The input of ${path} is ${bytes} bytes, over the limit of ${MAX_REQUEST_BYTES} for values built by expressions. Pass the large value on whole, so that it stays a reference.`,
    );
  return request;
}

function termsOf(
  { description, pool, requires, waitMs = WAIT_MS, otherwise, deadlineMs }: AgentStep,
  { state, record }: StepContext,
): TaskTerms {
  const tenant = isObject(state.context) ? state.context['tenant'] : undefined;
  return {
    ...(description === undefined ? {} : { description }),
    ...(pool === undefined ? {} : { pool }),
    ...(requires === undefined ? {} : { requires }),
    waitMs,
    ...(otherwise === undefined ? {} : { otherwise }),
    // From the step's beginning: the same however often an execution continues as new.
    ...(deadlineMs === undefined ? {} : { deadlineAt: record().startedAt + deadlineMs }),
    ...(typeof tenant === 'string' ? { tenant } : {}),
  };
}

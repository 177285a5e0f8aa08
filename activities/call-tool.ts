/** Calls one provider of a step's chain: opens references, checks input and output, keeps the time, and says exactly how it failed. */
import { CancelledFailure, Context } from '@temporalio/activity';
import { checkInput, checkOutput } from '../src/language/call-check';
import type { CallAnswer, CallCandidate, CallRequest } from '../src/plan/call';
import type { JsonObject } from '../src/plan/json';
import { jsonBytes } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import { attach, detach } from '../src/store/blob-value';
import type { CallAttempt } from '../src/tools/call-attempt';
import { asOmniError, factsOf, failureOf, nobody, usageOf } from '../src/tools/call-attempt';
import { choose } from '../src/tools/choose-provider';
import { nextAttempt } from '../src/tools/next-attempt';
import type { Provider, ToolAnswer } from '../src/tools/tool';
import { asFailure } from './failure';
import type { ActivityDependencies } from './dependencies';
import { withinTime } from './within-time';

export type CallTool = (request: CallRequest) => Promise<CallAnswer>;

/** Temporal refuses results of 2 MiB. */
const MAX_ANSWER_BYTES = 1_900_000;

export function createCallTool({ registry, blobs, logger, random = Math.random }: ActivityDependencies): CallTool {
  return async (request) => {
    const { info } = Context.current();
    const { workflowId } = info.workflowExecution ?? { workflowId: request.path };
    const startedAt = Date.now();
    let attempt: CallAttempt = { request, number: info.attempt, skipped: [] };
    try {
      const contract = registry.contract(request.tool);
      if (contract === undefined)
        throw new OmniError('provider-unavailable', `This worker has no tool ${request.tool}. Deploy one that has it.`);
      const chosen = choose(registry, request);
      attempt = { ...attempt, ...chosen };
      const { provider, candidate } = chosen;
      if (provider === undefined || candidate === undefined) throw nobody(request, chosen.skipped);
      const input = await attach(request.input, (hash) => blobs.get(hash, workflowId));
      const checkedInput = checkInput(contract, input as JsonObject, request);
      const answer = await execute(provider, candidate, checkedInput, request);
      const output = checkOutput(contract, answer.output, attempt);
      const stored = await detach(output, (content, mediaType) => blobs.put(workflowId, content, mediaType));
      return sized({ output: stored, usage: usageOf(answer, Date.now() - startedAt), ...factsOf(attempt) }, request);
    } catch (thrown) {
      if (Context.current().cancellationSignal.aborted) throw new CancelledFailure(`${request.tool} was cancelled`);
      const error = asOmniError(thrown, attempt);
      const { problem } = error;
      logger.info(
        {
          tool: request.tool,
          step: request.path,
          provider: attempt.provider?.name,
          attempt: attempt.number,
          type: problem.type,
        },
        'call failed',
      );
      throw asFailure(problem, {
        detail: failureOf(problem, attempt, Date.now() - startedAt),
        ...nextAttempt(error, request, { attempt: attempt.number, random, now: () => Date.now() }),
      });
    }
  };
}

function execute(
  provider: Provider,
  candidate: CallCandidate,
  input: unknown,
  request: CallRequest,
): Promise<ToolAnswer> {
  const tool = provider.tools[request.tool];
  const { model, config, timeoutMs } = candidate;
  const known = model !== undefined && (provider.knowsModel?.(model) ?? true);
  return withinTime({ timeoutMs, what: `${provider.name} (${request.tool})` }, (signal) => {
    if (tool === undefined) throw new OmniError('internal', `${provider.name} has no ${request.tool}.`);
    return tool(input as never, {
      signal,
      timeoutMs,
      idempotencyKey: `${request.key}/${provider.name}`,
      config,
      caller: request.caller,
      ...(known ? { model } : {}),
    });
  });
}

function sized(answer: CallAnswer, { path }: CallRequest): CallAnswer {
  const bytes = jsonBytes(answer.output);
  if (bytes <= MAX_ANSWER_BYTES) return answer;
  throw new OmniError(
    'too-large',
    `The answer of ${path} is ${bytes} bytes, over the limit of ${MAX_ANSWER_BYTES}. Ask for less of it.`,
  );
}

/** Calls one provider of a step's chain: opens references, checks input and output, keeps the time, and says exactly how it failed. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { checkInput, checkOutput } from '../src/language/call-check';
import type { CountedCall } from '../src/monitoring/counted-calls';
import type { CallAnswer, CallCandidate, CallRequest } from '../src/plan/call';
import type { Json, JsonObject } from '../src/plan/json';
import { jsonBytes } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { unanswered } from '../src/plan/spent';
import { attach, detach } from '../src/store/blob-value';
import { isPaid } from '../src/plan/price';
import { admit, noneAdmitted } from '../src/tools/admission';
import type { CallAttempt } from '../src/tools/call-attempt';
import { callAttributes } from '../src/tools/call-attributes';
import { asOmniError, factsOf, failureOf, outcomeOf, usageOf } from '../src/tools/call-attempt';
import { nextAttempt } from '../src/tools/next-attempt';
import type { Provider, ToolAnswer } from '../src/tools/tool';
import type { Pass } from '../src/tools/turnstile';
import { genAiName } from '../src/tracing/gen-ai';
import { annotate } from '../src/tracing/span';
import type { Account } from './account';
import { openAccount } from './account';
import { asFailure, shown } from './failure';
import type { ActivityDependencies } from './dependencies';
import type { PartialText } from './partial-outbox';
import { createPartialOutbox } from './partial-outbox';
import { checkAttempts, postpone } from './postponement';
import { redacted } from './redacted-tool';
import { withinTime } from './within-time';

export type CallTool = (request: CallRequest) => Promise<CallAnswer>;

/** Temporal refuses results of 2 MiB. */
const MAX_ANSWER_BYTES = 1_900_000;

export function createCallTool({
  registry,
  blobs,
  jointRate,
  publishPartials,
  redactionKey,
  ending,
  calls,
  logger,
  random = Math.random,
}: Omit<ActivityDependencies, 'loadPlan' | 'emit'>): CallTool {
  const outbox = publishPartials && createPartialOutbox(publishPartials);
  return async (request) => {
    const { info } = Context.current();
    const { workflowId } = info.workflowExecution ?? { workflowId: request.path };
    const startedAt = Date.now();
    const paid = !info.isLocal && request.candidates.some(({ price }) => isPaid(price));
    const account = openAccount({ attempt: info.attempt, details: info.heartbeatDetails, paid });
    let attempt: CallAttempt = { request, number: info.attempt - account.postponed.times, skipped: [] };
    try {
      checkAttempts(attempt);
      const contract = registry.contract(request.tool);
      if (contract === undefined)
        throw new OmniError('provider-unavailable', `This worker has no tool ${request.tool}. Deploy one that has it.`);
      const { pass, shut, ...choice } = await admit(registry, request, jointRate);
      attempt = { ...attempt, ...choice };
      const { provider, candidate } = choice;
      if (provider === undefined || candidate === undefined || pass === undefined) {
        postpone(request, shut, account);
        throw noneAdmitted(request, { ...choice, pass, shut });
      }
      const input = await prepared(pass, async () => {
        const given = await attach(request.input, (hash) => blobs.get(hash, workflowId));
        return checkInput(contract, given as JsonObject, request);
      });
      const guarded = await prepared(pass, () =>
        redacted(provider, request, { contract, blobs, executionId: workflowId, redactionKey }),
      );
      attempt = { ...attempt, sent: true };
      const { answer, output } = await watched(pass, attempt, async () => {
        account.begin(unanswered(request, candidate));
        const seen = candidate.stream && !info.isLocal ? outbox?.open(workflowId, attempt) : undefined;
        const answer = await execute(guarded, candidate, { input, request, account, seen, ending }).finally(
          seen?.close,
        );
        account.note({ ...answer.usage });
        return { answer, output: checkOutput(contract, answer.output, attempt) };
      });
      const stored = await detach(output, (content, mediaType) => blobs.put(workflowId, content, mediaType));
      const usage = usageOf({ ...answer.usage }, Date.now() - startedAt, candidate.price);
      checkSize(stored, request.path);
      calls?.ended(counted(attempt, { outcome: 'completed', usage }));
      tell(callAttributes(attempt, usage));
      return { output: stored, usage: account.with(usage), ...factsOf(attempt) };
    } catch (thrown) {
      if (Context.current().cancellationSignal.aborted) throw new CancelledFailure(`${request.tool} was cancelled`);
      if (thrown instanceof ApplicationFailure) {
        if (thrown.type === 'postponed') calls?.held(request.tool);
        throw thrown;
      }
      const error = outcomeOf(asOmniError(thrown, attempt), attempt);
      const problem = shown(error.problem);
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
      const failure = failureOf(problem, attempt, { durationMs: Date.now() - startedAt, noted: account.noted });
      calls?.ended(counted(attempt, { outcome: problem.type, usage: failure.usage }));
      tell(callAttributes(attempt, failure.usage));
      const usage = account.with(failure.usage);
      account.end(usage);
      throw asFailure(problem, {
        detail: { ...failure, usage },
        ...nextAttempt(error, request, { attempt: attempt.number, random, now: () => Date.now() }),
      });
    }
  };
}

function counted(
  { request: { tool }, provider, number }: CallAttempt,
  { outcome, usage }: Pick<CountedCall, 'outcome'> & { readonly usage: Usage },
): CountedCall {
  return { tool, provider: provider?.name ?? '', outcome, number, durationMs: usage.durationMs, usage };
}

/** What happens before the provider is called counts neither for nor against it. */
async function prepared<T>(pass: Pass, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    pass.unused();
    throw thrown;
  }
}

async function watched<T>(pass: Pass, attempt: CallAttempt, work: () => Promise<T>): Promise<T> {
  try {
    const done = await work();
    pass.succeeded();
    return done;
  } catch (thrown) {
    pass.failed(asOmniError(thrown, attempt));
    throw thrown;
  }
}

interface Given {
  readonly input: unknown;
  readonly request: CallRequest;
  readonly account: Account;
  readonly seen: PartialText | undefined;
  readonly ending: AbortSignal | undefined;
}

function execute(
  provider: Provider,
  candidate: CallCandidate,
  { input, request, account, seen, ending }: Given,
): Promise<ToolAnswer> {
  const tool = provider.tools[request.tool];
  const { model, config, timeoutMs } = candidate;
  const known = model !== undefined && (provider.knowsModel?.(model) ?? true);
  return withinTime(
    { timeoutMs, what: `${provider.name} (${request.tool})`, pulse: account.pulse, ending },
    (signal) => {
      if (tool === undefined) throw new OmniError('internal', `${provider.name} has no ${request.tool}.`);
      return tool(input as never, {
        signal,
        timeoutMs,
        idempotencyKey: `${request.key}/${provider.name}`,
        config,
        ...(request.output === undefined ? {} : { output: request.output }),
        caller: request.caller,
        used: account.note,
        ...(seen === undefined ? {} : { partial: seen.tell }),
        ...(known ? { model } : {}),
      });
    },
  );
}

/** Throws `too-large` for what Temporal would refuse; `what` gave it. */
export function checkSize(output: Json, what: string): void {
  const bytes = jsonBytes(output);
  if (bytes <= MAX_ANSWER_BYTES) return;
  throw new OmniError(
    'too-large',
    `The answer of ${what} is ${bytes} bytes, over the limit of ${MAX_ANSWER_BYTES}. Ask for less of it.`,
  );
}

/** To the span of the call. */
function tell(attributes: ReturnType<typeof callAttributes>): void {
  annotate(attributes, genAiName(attributes));
}

/** Calls one provider of a step's chain: opens references, checks input and output, keeps the time, and says exactly how it failed. */
import { CancelledFailure, Context } from '@temporalio/activity';
import { validateValue } from '../src/language/validate';
import type { CallAnswer, CallCandidate, CallFailure, CallRequest } from '../src/plan/call';
import type { Json, JsonObject } from '../src/plan/json';
import { own } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';
import type { Skipped, Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import { attach, detach } from '../src/store/blob-value';
import type { Provider, ToolAnswer, ToolContract } from '../src/tools/tool';
import { asFailure } from './failure';
import type { ActivityDependencies } from './dependencies';
import { nextAttempt } from './next-attempt';
import { choose } from './choose-provider';
import { withinTime } from './within-time';

export type CallTool = (request: CallRequest) => Promise<CallAnswer>;

/** Temporal refuses results of 2 MiB. */
const MAX_ANSWER_BYTES = 1_900_000;

/** One attempt at one provider, as far as it got. */
interface Attempt {
  readonly request: CallRequest;
  readonly number: number;
  readonly startedAt: number;
  readonly skipped: readonly Skipped[];
  readonly provider?: Provider;
  /** Position in the request's candidates. */
  readonly position?: number;
}

export function createCallTool({ registry, blobs, logger, random = Math.random }: ActivityDependencies): CallTool {
  return async (request) => {
    const { info } = Context.current();
    const { workflowId } = info.workflowExecution ?? { workflowId: request.path };
    let attempt: Attempt = { request, number: info.attempt, startedAt: Date.now(), skipped: [] };
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
      const output = checkOutput(contract, answer, attempt);
      const stored = await detach(output, (content, mediaType) => blobs.put(workflowId, content, mediaType));
      return sized({ output: stored, usage: usageOf(answer, attempt), ...facts(attempt) }, request);
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
        detail: failureOf(problem, attempt),
        ...nextAttempt(error, request, attempt.number, random),
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

function nobody({ tool, candidates }: CallRequest, skipped: readonly Skipped[]): OmniError {
  const why = skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  return new OmniError(
    'provider-unavailable',
    `None of ${candidates.length} providers of ${tool} can be called. ${why}`,
    { retryable: false },
  );
}

function checkInput(contract: ToolContract, input: JsonObject, { path }: CallRequest): unknown {
  const parsed = contract.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path: at, message }) => ({ pointer: pointer(at), detail: message }));
  const [first] = errors;
  throw new OmniError(
    'validation',
    `The input of ${path} does not fit ${contract.name}: ${first?.pointer} ${first?.detail}`,
    { errors },
  );
}

function checkOutput(contract: ToolContract, { output }: ToolAnswer, { request, provider }: Attempt): Json {
  const parsed = contract.output.safeParse(output);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw misfit(`${contract.name} promises`, provider, `${pointer(first?.path ?? [])} ${first?.message}`);
  }
  if (request.output === undefined) return parsed.data as Json;
  const { value, faults } = validateValue(request.output, parsed.data, '');
  const [first] = faults;
  if (first !== undefined) throw misfit(`${request.path} declares`, provider, `${first.pointer} ${first.detail}`);
  return value;
}

function misfit(expected: string, provider: Provider | undefined, fault: string): OmniError {
  return new OmniError('tool-error', `The answer of ${provider?.name} is not what ${expected}: ${fault}`);
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function sized(answer: CallAnswer, { path }: CallRequest): CallAnswer {
  const bytes = JSON.stringify(answer.output).length;
  if (bytes <= MAX_ANSWER_BYTES) return answer;
  throw new OmniError(
    'too-large',
    `The answer of ${path} is ${bytes} bytes, over the limit of ${MAX_ANSWER_BYTES}. Ask for less of it.`,
  );
}

function usageOf({ usage }: ToolAnswer, { startedAt }: Attempt): Usage {
  return { ...NO_USAGE, ...usage, durationMs: Date.now() - startedAt };
}

function facts({ provider, position, number, skipped }: Attempt) {
  return { provider: provider?.name ?? '', candidate: position ?? 0, attempts: number, skipped };
}

function failureOf(problem: Problem, { provider, position, number, skipped, startedAt }: Attempt): CallFailure {
  return {
    problem: { ...problem, attempt: number, ...(provider === undefined ? {} : { provider: provider.name }) },
    attempts: number,
    skipped,
    usage: { ...NO_USAGE, ...spent(problem), durationMs: Date.now() - startedAt },
    ...(provider === undefined ? {} : { provider: provider.name }),
    ...(position === undefined ? {} : { candidate: position }),
  };
}

/** An answer that was refused was billed all the same: providers say so in the problem's data. */
function spent({ data }: Problem): Partial<Usage> {
  const { inputTokens, outputTokens, costUsd } = (own(data, 'usage') ?? {}) as Partial<Record<string, unknown>>;
  return {
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
    ...(typeof costUsd === 'number' ? { costUsd } : {}),
  };
}

/** What a provider throws that is not ours may quote anything, so only its name goes on. */
function asOmniError(thrown: unknown, { provider, request }: Attempt): OmniError {
  if (thrown instanceof OmniError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const { detail } = problemOf(
    'tool-error',
    `${provider?.name ?? request.tool} failed on a defect of its own (${name}).`,
  );
  return new OmniError('tool-error', detail, { cause: thrown });
}

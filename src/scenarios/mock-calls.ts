/** Plays the far side of tool calls with mocks: attempts, waits and timeouts as the engine's workers have them, in virtual time and without jitter. */
import { checkInput, checkOutput } from '../language/call-check';
import { isOutside, leftIn, redactCall } from '../language/call-redaction';
import { contractSchema } from '../language/tool-types';
import type { CallCandidate, CallFailure, CallOutcome, CallRequest } from '../plan/call';
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import { OmniError, problemOf } from '../plan/problem';
import type { Problem } from '../plan/problem';
import type { Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { MockAnswer, MockTool } from '../language/scenario';
import type { CallAttempt } from '../tools/call-attempt';
import { asOmniError, factsOf, failureOf, lateAnswer, nobody, outcomeOf, usageOf } from '../tools/call-attempt';
import { choose } from '../tools/choose-provider';
import type { NextAttempt } from '../tools/next-attempt';
import { nextAttempt } from '../tools/next-attempt';
import type { ToolRegistry } from '../tools/registry';
import type { ToolContract } from '../tools/tool';
import { matches } from './difference';
import { belongsTo, placeOf, plainKey, turnOf } from './loop-place';
import { complete } from './sample';
import type { VirtualClock } from './virtual-effects';

/** One attempt that was sent. */
export interface Sent {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  readonly tool: string;
  readonly provider: string;
  /** Path of the step. */
  readonly step: string;
  /** Counts from 1 within the call. */
  readonly attempt: number;
  readonly input: Json;
  readonly config: JsonObject;
  /** Kinds of personal data that left the installation with it. */
  readonly personal: readonly string[];
}

export interface MockCallParts {
  /** With the mocks' providers. */
  readonly registry: ToolRegistry;
  readonly mocks: ReadonlyMap<string, MockTool>;
  readonly unmocked: 'fail' | 'sample';
  readonly startMs: number;
  readonly onSent: (sent: Sent) => void;
  /** Something was made up: a sentence. */
  readonly onMadeUp: (what: string) => void;
  /** Ends the scenario: it lacks a mock. */
  readonly onUnmocked: (problem: Problem) => void;
}

/** Upper end of the jitter, so that waits are what the retry rule says. */
const NO_JITTER = (): number => 1;

export function mockKey({ tool, provider }: { readonly tool: string; readonly provider: string }): string {
  return `${tool} ${provider}`;
}

export async function playCall(request: CallRequest, clock: VirtualClock, parts: MockCallParts): Promise<CallOutcome> {
  let spent = NO_USAGE;
  for (let number = 1; ; number += 1) {
    const outcome = await playAttempt(request, number, clock, parts);
    if (!('next' in outcome))
      return outcome.status === 'completed' ? { ...outcome, usage: spentBy(spent, outcome.usage) } : outcome;
    const { failure, next } = outcome;
    spent = spentBy(spent, failure.usage);
    if (next.nonRetryable) return { ...failure, status: 'failed', usage: spent };
    if ((await clock.sleep(next.nextRetryMs ?? 0, againLabel(request, number))) === 'cancelled')
      return { status: 'cancelled' };
  }
}

/** Of all attempts so far. */
export function spentBy(before: Usage, last: Usage): Usage {
  return { ...last, ...addUsage(before, last) };
}

export interface FailedAttempt {
  readonly failure: CallFailure;
  readonly next: NextAttempt;
}

const AGAIN = 'again after ';

/** What happens when a call's attempt ends, and when its next one begins. */
export const endLabel = (call: CallRequest, number: number): string => `end of ${plainKey(call)}, attempt ${number}`;
export const againLabel = (call: CallRequest, number: number): string => `${AGAIN}${plainKey(call)}, attempt ${number}`;
export const isAgain = (label: string): boolean => label.startsWith(AGAIN);

/** `number` counts from 1. */
export async function playAttempt(
  request: CallRequest,
  number: number,
  clock: VirtualClock,
  parts: MockCallParts,
): Promise<CallOutcome | FailedAttempt> {
  const startedAt = clock.now();
  let tookMs = 0;
  let attempt: CallAttempt = { request, number, skipped: [] };
  try {
    const contract = parts.registry.contract(request.tool);
    if (contract === undefined) throw new OmniError('provider-unavailable', `There is no tool ${request.tool}.`);
    const chosen = choose(parts.registry, request);
    attempt = { ...attempt, ...chosen };
    const { provider, candidate } = chosen;
    if (provider === undefined || candidate === undefined) throw nobody(request, chosen.skipped);
    checkInput(contract, request.input, request);
    const answer = answerOf(contract, { ...attempt, provider: provider.name }, parts);
    if (answer === undefined) return { status: 'cancelled' };
    attempt = { ...attempt, sent: true };
    const redacted = redactedBy(contract, request, candidate);
    parts.onSent(sentOf(attempt, { ...candidate, contract, ...redacted }, startedAt - parts.startMs));
    const late = answer.delayMs > candidate.timeoutMs;
    const ms = Math.min(answer.delayMs, candidate.timeoutMs);
    if ((await clock.sleep(ms, endLabel(request, number))) === 'cancelled') return { status: 'cancelled' };
    tookMs = ms;
    if (late) throw lateAnswer({ timeoutMs: candidate.timeoutMs, what: `${provider.name} (${request.tool})` });
    const told = givenBy(contract, answer, { provider: provider.name, request });
    const given = redacted === undefined ? told : redacted.redaction.back(told);
    const output = checkOutput(contract, given, attempt);
    const usage = usageOf({ ...answer.usage }, tookMs, candidate.price);
    return { status: 'completed', output, usage, ...factsOf(attempt) };
  } catch (thrown) {
    const error = outcomeOf(asOmniError(thrown, attempt), attempt);
    return {
      failure: failureOf(error.problem, attempt, { durationMs: tookMs }),
      next: nextAttempt(error, request, { attempt: number, random: NO_JITTER, now: clock.now }),
    };
  }
}

/** In a scenario nobody is to be kept from finding a value by trying. */
const NO_SECRET = Buffer.alloc(32);

/** What the provider is sent, where that is not what the step says. */
function redactedBy(contract: ToolContract, { redact, input }: CallRequest, { provider, config }: CallCandidate) {
  if (redact === undefined || !isOutside(provider)) return undefined;
  return redactCall(contract, { input, config }, { key: NO_SECRET, order: redact });
}

function sentOf(
  { request, number }: CallAttempt,
  {
    provider,
    config,
    contract,
    input = request.input,
  }: CallCandidate & { readonly contract: ToolContract; readonly input?: JsonObject },
  atMs: number,
): Sent {
  const { tool } = request;
  const personal = isOutside(provider) ? leftIn(contract, input, request.redact) : [];
  return { atMs, tool, provider, step: placeOf(request), attempt: number, input, config, personal };
}

/** Undefined when the scenario lacks the mock and ends. */
function answerOf(
  contract: ToolContract,
  { request, number, provider }: Pick<CallAttempt, 'request' | 'number'> & { readonly provider: string },
  { mocks, unmocked, onMadeUp, onUnmocked }: MockCallParts,
): MockAnswer | undefined {
  const mock = mocks.get(mockKey({ tool: contract.name, provider }));
  const found = mock?.responses.find(
    ({ input, attempt, step, turn }) =>
      (attempt === undefined || attempt === number) &&
      (turn === undefined || turn === turnOf(request)) &&
      (step === undefined || belongsTo(request, step)) &&
      (input === undefined || matches(input, request.input)),
  );
  const answer = found?.answer ?? mock?.fallback;
  if (answer !== undefined) return answer;
  if (mock === undefined && unmocked === 'fail') {
    const step = placeOf(request);
    const detail = `${step} called ${contract.name} of ${provider}, which has no mock. Add to mocks: { tool: ${contract.name}, provider: ${provider}, output: { … } }`;
    onUnmocked(problemOf('not-found', detail, { step, provider }));
    return undefined;
  }
  onMadeUp(`${placeOf(request)}: the answer of ${provider} to ${contract.name}`);
  return { delayMs: 0 };
}

function givenBy(
  contract: ToolContract,
  { output, raw, error, usage }: MockAnswer,
  { provider, request }: { readonly provider: string; readonly request: CallRequest },
): Json {
  if (error !== undefined) {
    const { type, detail = `${provider} failed with ${type}, as its mock says.`, ...rest } = error;
    throw new OmniError(type, detail, {
      ...rest,
      ...(usage === undefined ? {} : { data: { usage: { ...usage } } }),
    });
  }
  if (raw !== undefined) return raw;
  const final = turnOf(request) === undefined ? undefined : own(own(request.output, 'properties'), 'answer');
  return final === undefined
    ? complete(contractSchema(contract.output, 'output'), output).value
    : turnGiven(final as JsonSchema, output);
}

/** What a model says in a turn: where nothing is said, or no whole answer, the rest of the final answer is made up. */
function turnGiven(final: JsonSchema, output: Json = { answer: {} }): Json {
  const answer = own(output, 'answer');
  if (answer === undefined || !isObject(output)) return output;
  const known = own(final, 'type') === 'string' && isObject(answer) ? undefined : answer;
  return { ...output, answer: complete(final, known).value };
}

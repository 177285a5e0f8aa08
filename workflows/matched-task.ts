/**
 * A task that is matched with its agent: it looks until somebody is there or its patience is over, then turns to another type, to people, or
 * fails as `no-agent`. Every end has a state and a reason; a deadline ends it politely.
 */
import {
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  isCancellation,
  makeContinueAsNewFunc,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { AgentTaskAnswer, AgentTaskRequest, TaskTerms } from '../src/plan/agent';
import { ANY_AGENT } from '../src/plan/agent';
import { CANCEL_REASON, endOfFailure } from '../src/plan/agent-task';
import type { Json } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';
import { ofTask } from './agent-handoff';
import { FIRST_PAUSE_MS, LAST_PAUSE_MS, matchAgent, queueOf } from './agent-match';
import type { TaskRecord } from './agent-record';
import { openRecord } from './agent-record';
import { isUntaken, perform, problemFor, usageOf } from './agent-work';
import { doByHand } from './by-hand';
import type { MainOptions } from './entry';
import { asFailure } from './failure';
import { tellSpent } from './spent';

export type MatchedRequest = AgentTaskRequest & { readonly terms: TaskTerms };

/** What a run hands on to the next one of a task that waits for long. */
export interface CarriedTask {
  /** The type that is looked for now. */
  readonly agent: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** How often it was given away. */
  readonly given: number;
}

/** A queue is given at least so long to be served. */
const LEAST_WAIT_MS = 1_000;

/** Agents of a scenario are its own: they are registered nowhere. */
export function isMatched(request: AgentTaskRequest): request is MatchedRequest {
  return request.terms !== undefined && request.queue === undefined;
}

export function runMatchedTask(
  request: MatchedRequest,
  carried: unknown,
  options: MainOptions,
): Promise<AgentTaskAnswer> {
  const begun = (carried as CarriedTask | undefined) ?? { agent: request.agent, since: Date.now(), given: 0 };
  const record = openRecord(request);
  return settle(request, record, () => course(request, { record, options: ofTask(request, record, options) }, begun));
}

/** Does the work within the task's deadline, and writes down how it ended. */
export async function settle(
  request: MatchedRequest,
  record: TaskRecord,
  work: () => Promise<AgentTaskAnswer>,
): Promise<AgentTaskAnswer> {
  try {
    const answer = await withinDeadline(request, work);
    await CancellationScope.nonCancellable(() => record.end('completed', { usage: answer.usage }));
    return answer;
  } catch (thrown) {
    if (thrown instanceof ContinueAsNew) throw thrown;
    return await CancellationScope.nonCancellable(() => failed(request, record, thrown));
  }
}

async function failed(request: MatchedRequest, record: TaskRecord, thrown: unknown): Promise<never> {
  const { deadlineAt = Infinity } = request.terms;
  const usage = usageOf(thrown);
  // Whoever bounds the asker's step ends the task in the same moment.
  const late = isCancellation(thrown) && Date.now() >= deadlineAt;
  if (isCancellation(thrown) && !late) {
    await record.end('canceled', { usage, reason: CANCEL_REASON });
    await tellSpent(usage);
    throw new CancelledFailure(`The task ${request.taskId} was cancelled.`);
  }
  const problem = late ? deadlineOver(request) : problemFor(thrown, request);
  const { state, reason } = endOfFailure(problem.type, Date.now() >= deadlineAt);
  await record.end(state, { usage, reason, errorType: problem.type });
  throw asFailure(problem, usage);
}

/** The work is cancelled when the deadline comes. */
async function withinDeadline<T>(request: MatchedRequest, work: () => Promise<T>): Promise<T> {
  const { deadlineAt } = request.terms;
  if (deadlineAt === undefined) return work();
  const leftMs = deadlineAt - Date.now();
  if (leftMs <= 0) throw new OmniError('timeout', deadlineOver(request).detail);
  const scope = new CancellationScope();
  return scope.run(async () => {
    const timer = new CancellationScope();
    timer
      .run(() => sleep(leftMs))
      .then(
        () => scope.cancel(),
        () => undefined,
      );
    try {
      return await work();
    } finally {
      timer.cancel();
    }
  });
}

function deadlineOver({ agent, capability, terms: { deadlineAt = 0 } }: MatchedRequest): Problem {
  return problemOf(
    'timeout',
    `${capability} of ${named(agent)} was not done by its deadline, ${new Date(deadlineAt).toISOString()}.`,
  );
}

/** One type after the other; people come last. */
async function course(request: MatchedRequest, parts: CourseParts, begun: CarriedTask): Promise<AgentTaskAnswer> {
  const { otherwise } = request.terms;
  const { record } = parts;
  const came = await lookFor(request, parts, begun);
  if ('output' in came) return came;
  if (otherwise === undefined || begun.agent !== request.agent) throw nobody(request, begun.agent, record);
  if ('human' in otherwise) return doByHand(request, record, otherwise.human);
  const { agent } = otherwise;
  const last = await lookFor(request, parts, { agent, since: Date.now(), given: came.given });
  if ('output' in last) return last;
  throw nobody(request, agent, record);
}

interface CourseParts {
  readonly record: TaskRecord;
  readonly options: MainOptions;
}

/** What came of it, or how often it was given away in vain when its patience is over. */
async function lookFor(
  asked: MatchedRequest,
  { record, options }: CourseParts,
  { agent, since, given: before }: CarriedTask,
): Promise<AgentTaskAnswer | { readonly given: number }> {
  const request = { ...asked, agent };
  const until = since + asked.terms.waitMs;
  let given = before;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
    const decision = await matchAgent(request);
    await record.matched(decision);
    if (decision.found) {
      given += 1;
      const waitMs = Math.max(LEAST_WAIT_MS, until - Date.now());
      const queue = queueOf(decision);
      try {
        return await perform({ ...request, agent: decision.agent }, { queue, waitMs, number: given }, options);
      } catch (thrown) {
        if (!isUntaken(thrown)) throw thrown;
        record.untaken(queue);
      }
    }
    const leftMs = until - Date.now();
    if (leftMs <= 0) return { given };
    await sleep(Math.min(pauseMs, leftMs));
    if (workflowInfo().continueAsNewSuggested) await continueAsNew(asked, { agent, since, given });
  }
}

function continueAsNew(request: MatchedRequest, carried: CarriedTask): Promise<never> {
  return makeContinueAsNewFunc<(request: MatchedRequest, carried: CarriedTask) => Promise<Json>>()(request, carried);
}

function nobody({ capability, terms }: MatchedRequest, agent: string, { why }: TaskRecord): OmniError {
  return new OmniError(
    'no-agent',
    `Nobody took ${capability} of ${named(agent)} within ${terms.waitMs / 1_000} s: ${why} Start such an agent, or more of them.`,
  );
}

function named(agent: string): string {
  return agent === ANY_AGENT ? 'any agent' : `an agent of the type ${agent}`;
}

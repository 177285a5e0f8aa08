/** Executions, as the rest of the platform sees them: the Temporal client's only user. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ChildOutcome } from '../plan/child';
import type { Json } from '../plan/json';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import { detach } from '../store/blob-value';
import type { Blob } from '../store/blob-table';
import { homeOf } from '../store/kept-execution-table';
import type { Store } from '../store/store';
import type { AnswerRequest } from './answer';
import { answerTask } from './answer';
import type { BulkChoice, BulkOutcome } from './bulk';
import { cancelMany } from './bulk';
import type { DelegateRequest } from './delegate';
import { delegateTask } from './delegate';
import { describeExecution } from './describe';
import type { Execution, TimelineStep } from './execution';
import { asked } from './failure';
import type { HistoryPage, Page } from './history';
import { readAllHistory, readHistory } from './history';
import { inputsOf } from './history-timeline';
import type { TaskFilter, TaskPage } from './inbox';
import { createInbox } from './inbox';
import type { ExecutionFilter, ExecutionPage } from './list';
import { listExecutions } from './list';
import { cancelExecution, terminateExecution } from './message';
import { outcomeOf } from './outcome';
import { pauseExecution, resumeExecution } from './pause';
import type { Purged } from './purge';
import { purgeExecution, standing, unlessPurged } from './purge';
import type { PurgeChoice, PurgeOutcome } from './purge-many';
import { purgeMany } from './purge-many';
import { recordedPlan } from './recorded-plan';
import { noteStart } from './retention';
import { requesterOf } from './requester';
import { signalExecution } from './signal';
import type { RerunRequest } from './rerun';
import { rerunExecution } from './rerun';
import type { OpenCounts } from './open-counts';
import { countOpen } from './open-counts';
import type { StartRequest, Started } from './start';
import { startExecution } from './start';
import type { Task } from './task';
import { awaitEnd } from './wait';

/** A step with what its calls were given, where history holds it (calls on the engine's own process leave no input). */
export interface StepDetail extends TimelineStep {
  readonly input?: Json;
}

export interface Executions {
  start(request: StartRequest): Promise<Started>;
  /** True when it has ended, false when the signal came first. */
  wait(executionId: string, signal: AbortSignal): Promise<boolean>;
  /** The same with its outcome, of an execution that was started `within` a task; undefined when the signal came first. */
  outcome(executionId: string, signal: AbortSignal): Promise<ChildOutcome | undefined>;
  describe(executionId: string): Promise<Execution>;
  /** Who asked for it, or for the one whose child it is. */
  requester(executionId: string): Promise<string | undefined>;
  step(executionId: string, path: string): Promise<StepDetail>;
  history(executionId: string, page: Page): Promise<HistoryPage>;
  /** What it runs, for as long as it lives. Throws `not-found` for what is no execution of a definition. */
  plan(executionId: string): Promise<Plan>;
  list(filter: ExecutionFilter): Promise<ExecutionPage>;
  /** As visibility knows them, a moment late. */
  count(): Promise<OpenCounts>;
  signal(executionId: string, name: string, data: Json): Promise<void>;
  cancel(executionId: string): Promise<void>;
  /** No further call begins, in it and in the executions that it waits for, until it is resumed. */
  pause(executionId: string, by: string): Promise<void>;
  resume(executionId: string): Promise<void>;
  cancelMany(choice: BulkChoice): Promise<BulkOutcome>;
  /** Ends it at once, without compensations and `finally`. */
  terminate(executionId: string): Promise<void>;
  /** Runs a closed execution again from a step on, as a new one. */
  rerun(executionId: string, request: RerunRequest): Promise<Started>;
  /** Deletes a closed execution, those that it started, and all that is stored for them. */
  purge(executionId: string): Promise<Purged>;
  purgeMany(choice: PurgeChoice): Promise<PurgeOutcome>;
  /** Questions to people that are open. */
  tasks(filter: TaskFilter): Promise<TaskPage>;
  task(id: string): Promise<Task>;
  /** Answers a task and gives it as it stands then. */
  answer(id: string, request: AnswerRequest): Promise<Task>;
  /** Lets others answer a task too. */
  delegate(id: string, request: DelegateRequest): Promise<Task>;
  /** A large value that belongs to the execution. */
  blob(executionId: string, hash: string): Promise<Blob>;
}

export interface ExecutionsDependencies {
  readonly client: Client;
  /** Queue of the engine workers (`TEMPORAL_TASK_QUEUE`). */
  readonly taskQueue: string;
  readonly store: Pick<Store, 'blobs' | 'idempotency' | 'kept' | 'keys'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Told of each execution of a definition that was not there before. */
  readonly begun?: (workflow: string) => void;
  readonly logger?: Pick<Logger, 'warn'>;
  /** How long Temporal has to answer one request, in milliseconds; default 10 s. */
  readonly answerMs?: number;
}

const ANSWER_MS = 10_000;

export function createExecutions(deps: ExecutionsDependencies): Executions {
  const { client, store, answerMs = ANSWER_MS } = deps;
  const bounded = <T>(request: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + answerMs, request);
  /** Of an execution that was deleted, `not-found` says so. */
  const about = <T>(executionId: string, request: () => Promise<T>): Promise<T> =>
    bounded(() => unlessPurged(deps, executionId, request));
  const inbox = createInbox(deps);
  const noting = { kept: store.kept, home: homeOf(client.options.namespace, deps.taskQueue), logger: deps.logger };
  const note = (executionId: string, plan: Plan): Promise<void> =>
    noteStart(noting, { executionId, plan, now: deps.now() });
  const starting = {
    ...deps,
    note,
    stands: async (executionId: string) => (await standing(deps, executionId)) !== undefined,
    idempotency: store.idempotency,
    detach: (value: Json, executionId: string): Promise<Json> =>
      detach(value, (content, mediaType) => store.blobs.put(executionId, content, mediaType)),
  };
  return {
    async start(request) {
      const begun = await bounded(() => startExecution(starting, request));
      if (begun.repeated === undefined) deps.begun?.(request.plan.id);
      return begun;
    },
    count: () => countOpen(deps),
    wait: (executionId, signal) => awaitEnd(client, executionId, signal),
    outcome: (executionId, signal) => outcomeOf(client, executionId, signal),
    requester: (executionId) => about(executionId, () => requesterOf(client, executionId)),
    describe: (executionId) => about(executionId, () => describeExecution(deps, executionId)),
    step: (executionId, path) => about(executionId, () => describeStep(deps, executionId, path)),
    history: (executionId, page) => about(executionId, () => readHistory(client, executionId, page)),
    plan: (executionId) => about(executionId, () => planOf(client, executionId)),
    list: (filter) => bounded(() => listExecutions(deps, filter)),
    signal: (executionId, name, data) => about(executionId, () => signalExecution(client, executionId, name, data)),
    cancel: (executionId) => about(executionId, () => cancelExecution(client, executionId)),
    pause: (executionId, by) => about(executionId, () => pauseExecution(client, executionId, by)),
    resume: (executionId) => about(executionId, () => resumeExecution(client, executionId)),
    cancelMany: (choice) => cancelMany(deps, choice),
    terminate: (executionId) => about(executionId, () => terminateExecution(client, executionId)),
    // Has a deadline of its own.
    rerun: async (executionId, request) => {
      await about(executionId, () => asked(executionId, () => client.workflow.getHandle(executionId).describe()));
      return rerunExecution({ ...deps, note }, executionId, request);
    },
    // Many requests, each with a deadline of the connection's.
    purge: (executionId) => purgeExecution(deps, executionId),
    purgeMany: (choice) => purgeMany(deps, choice),
    tasks: (filter) => inbox.list(filter),
    task: (id) => bounded(() => inbox.get(id)),
    // Has deadlines of its own.
    answer: (id, request) =>
      answerTask({ ...deps, inbox, idempotency: store.idempotency, idKey: store.keys.ids }, id, request),
    delegate: (id, request) => delegateTask({ ...deps, inbox }, id, request),
    async blob(executionId, hash) {
      const blob = await store.blobs.get(hash, executionId);
      if (blob === undefined)
        throw new OmniError('not-found', `The execution ${executionId} has no stored value ${hash}.`);
      return blob;
    },
  };
}

async function planOf(client: Client, executionId: string): Promise<Plan> {
  const plan = await recordedPlan(client, executionId);
  if (plan !== undefined) return plan;
  throw new OmniError(
    'not-found',
    `${executionId} has no definition on record: it is none of a definition, or has not begun yet. Ask again in a moment.`,
  );
}

async function describeStep(deps: ExecutionsDependencies, executionId: string, path: string): Promise<StepDetail> {
  const { steps } = await describeExecution(deps, executionId);
  const step = steps.find((one) => one.path === path);
  if (step === undefined) throw noStep(executionId, path, steps);
  const inputs = inputsOf(await readAllHistory(deps.client, executionId), path);
  const input = [...inputs.values()].at(-1);
  return input === undefined ? step : { ...step, input };
}

function noStep(executionId: string, path: string, steps: readonly TimelineStep[]): OmniError {
  const known = steps.map((step) => step.path).join(', ') || 'none yet';
  return new OmniError('not-found', `The execution ${executionId} has no step ${path}. Its steps so far: ${known}.`);
}

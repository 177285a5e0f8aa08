/** `workflow_execution`: runs a definition for a task, and waits for its end. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ChildOutcome } from '../../plan/child';
import { MAX_DEPTH } from '../../plan/child';
import type { Json } from '../../plan/json';
import { OmniError, problemOf, toProblem } from '../../plan/problem';
import type { ParentLink, Usage } from '../../plan/record';
import { NO_USAGE } from '../../plan/record';
import type { CapabilityAnswer, CapabilityCall } from '../capability';
import { CostlyFailure, defineCapability, isOver } from '../capability';

/** What runs definitions. */
export interface TaskRunner {
  /** Starts a definition; with an id that was started before, that is the answer. Throws `not-found`, `validation`. */
  start(request: TaskRun): Promise<void>;
  /** Undefined when the signal came first. Throws `not-found`, `provider-unavailable`. */
  outcome(executionId: string, signal: AbortSignal): Promise<ChildOutcome | undefined>;
  /** Throws `not-found`, `conflict` when it has ended otherwise. */
  cancel(executionId: string): Promise<void>;
  /** Whether the task has ended, so that no other attempt of it follows. */
  isEnded(taskId: string): Promise<boolean>;
  /** Throws `not-found`. */
  describe(executionId: string): Promise<{ readonly duration: number; readonly steps: readonly RunStep[] }>;
}

export interface TaskRun {
  readonly executionId: string;
  readonly workflow: string;
  readonly payload: Json;
  readonly context: Json;
  readonly taskId: string;
  readonly parent: ParentLink;
}

export interface RunStep {
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly provider?: string;
}

/** A long list of steps is cut, so that the answer fits; the execution itself tells them all. */
const MAX_STEPS = 500;
/** How long a cancelled execution may take to compensate, before its task ends without knowing what it has spent. */
const ENDING_MS = 10_000;
const REPORT_EVERY_MS = 5_000;

const step = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  provider: z.string().optional(),
});

export const workflowExecution = (runner: TaskRunner, everyMs = REPORT_EVERY_MS) =>
  defineCapability({
    description: 'Runs a definition and waits for its end; a failure of the execution is the failure of the task.',
    input: z.strictObject({
      workflowName: z.string().min(1).describe('Id of the definition.'),
      payload: z.json().default({}).describe('What it is started with.'),
      context: z.json().optional().describe('Its `trigger.context`; that of the task unless told.'),
    }),
    output: z.object({
      executionId: z.string(),
      status: z.literal('completed'),
      duration: z.number().describe('Milliseconds.'),
      output: z.json(),
      steps: z.array(step).describe(`The first ${MAX_STEPS}, in the order of starting.`),
    }),
    run: ({ workflowName, payload, context }, call) =>
      runForTask(runner, { workflow: workflowName, payload, context: context ?? call.context }, { call, everyMs }),
  });

type Wanted = Pick<TaskRun, 'workflow' | 'payload' | 'context'>;

/** Runs a definition for the task under an id that follows from the task's: another attempt joins it. */
export async function runForTask(
  runner: TaskRunner,
  wanted: Wanted,
  { call, everyMs = REPORT_EVERY_MS }: { readonly call: CapabilityCall; readonly everyMs?: number },
): Promise<CapabilityAnswer> {
  const executionId = executionOf(call.taskId);
  if (call.signal.aborted) return letGo(runner, executionId, call);
  // What an attempt before this one has started goes on, also where the definition has been changed since.
  if (call.attempt === 1 || !(await stands(runner, executionId))) {
    const parent = parentOf(call, wanted.workflow);
    call.report(`starting ${wanted.workflow}`);
    await runner.start({ ...wanted, executionId, taskId: call.taskId, parent });
  }
  const outcome = await reporting(runner.outcome(executionId, call.signal), everyMs, async () => {
    const { steps } = await runner.describe(executionId);
    const running = steps.filter(({ status }) => status === 'running').map(({ path }) => path);
    call.report(`${wanted.workflow}: ${running.slice(0, 5).join(', ') || 'between steps'}`);
  });
  if (outcome === undefined) return letGo(runner, executionId, call);
  if (outcome.status !== 'completed') throw failureOf(outcome, executionId);
  const { duration, steps } = await runner.describe(executionId);
  const output = { executionId, status: 'completed', duration, output: outcome.output, steps: steps.map(line) };
  return { output: { ...output, steps: output.steps.slice(0, MAX_STEPS) }, usage: outcome.usage };
}

async function stands(runner: TaskRunner, executionId: string): Promise<boolean> {
  try {
    await runner.describe(executionId);
    return true;
  } catch (error) {
    if (toProblem(error).type === 'not-found') return false;
    throw error;
  }
}

/** No path of a step holds a hyphen, so no step's execution bears this id; what is before the dot shares its stored values. */
export function executionOf(taskId: string): string {
  return `${taskId}.task-run`;
}

function parentOf({ taskId, key, depth, remaining }: CapabilityCall, workflow: string): ParentLink {
  if (depth >= MAX_DEPTH)
    throw new OmniError(
      'policy',
      `${workflow} would be execution ${depth + 1} in a chain of executions that start each other; ${MAX_DEPTH} is the limit.`,
    );
  return { executionId: taskId, origin: key, depth: depth + 1, remaining };
}

const line = ({ path, name, kind, status, provider }: RunStep): Record<string, Json> => ({
  path,
  name,
  kind,
  status,
  ...(provider === undefined ? {} : { provider }),
});

/** Waits for `ending`, and reports every so often meanwhile. A report that fails is no failure of the task. */
async function reporting<T>(ending: Promise<T>, everyMs: number, report: () => Promise<void>): Promise<T> {
  const ended = new AbortController();
  const settled = ending.finally(() => ended.abort());
  const reports = async (): Promise<void> => {
    for (;;) {
      await pause(everyMs, undefined, { signal: ended.signal });
      await report().catch(() => undefined);
    }
  };
  reports().catch(() => undefined);
  return settled;
}

/** The task is over, and its execution with it; or another attempt joins it. */
async function letGo(runner: TaskRunner, executionId: string, { signal, taskId }: CapabilityCall): Promise<never> {
  // Of a task that has ended before its agent heard of it Temporal says no more than of one that it gave to another worker.
  if (!isOver(signal) && !(await runner.isEnded(taskId)))
    throw new OmniError(
      'provider-unavailable',
      `The agent's worker ends. The execution ${executionId} goes on, and the next attempt of the task waits for it.`,
    );
  throw new CostlyFailure(toProblem(signal.reason), await endedBy(runner, executionId));
}

/** What it has spent by then. */
async function endedBy(runner: TaskRunner, executionId: string): Promise<Usage> {
  try {
    await runner.cancel(executionId);
  } catch (error) {
    const { type } = toProblem(error);
    if (type === 'not-found') return NO_USAGE;
    if (type !== 'conflict') throw error;
  }
  const outcome = await runner.outcome(executionId, AbortSignal.timeout(ENDING_MS));
  return outcome?.usage ?? NO_USAGE;
}

function failureOf(outcome: Exclude<ChildOutcome, { status: 'completed' }>, executionId: string): CostlyFailure {
  const error =
    outcome.status === 'failed'
      ? outcome.error
      : problemOf('cancelled', `The execution ${executionId} was cancelled by somebody else.`);
  return new CostlyFailure({ ...error, instance: executionId }, outcome.usage);
}

/** One execution of a scenario on a Temporal server: its mocks, its messages and what came of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { PlayedAttempt } from '../../activities/play-call';
import { problemOfFailure } from '../executions/failure';
import type { ExecuteStep, Message } from '../language/scenario';
import type { AgentTaskRequest } from '../plan/agent';
import { agentTaskWorkflowId } from '../plan/agent';
import type { CallOutcome } from '../plan/call';
import type { ChildOutcome } from '../plan/child';
import type { EmittedEvent } from '../plan/emit';
import type { Json } from '../plan/json';
import type { Plan } from '../plan/plan';
import type { Problem } from '../plan/problem';
import { OmniError } from '../plan/problem';
import type { AnswerArgument, ExecutionState, Snapshot, StartArgument, StepRecord } from '../plan/record';
import { addUsage, ANSWER_UPDATE, STATE_QUERY } from '../plan/record';
import { realAt, virtualAt } from '../plan/timetable';
import type { Difference } from '../scenarios/difference';
import type { AskedAgent } from '../scenarios/mock-agents';
import { playAgent } from '../scenarios/mock-agents';
import type { FailedAttempt, Sent } from '../scenarios/mock-calls';
import { questionAt } from '../scenarios/loop-place';
import { againLabel, playAttempt } from '../scenarios/mock-calls';
import type { Rehearsal } from '../scenarios/rehearsal';
import type { VirtualClock } from '../scenarios/virtual-effects';
import type { Emitted, ExecutionOutcome, ExecutionParts } from '../scenarios/virtual-execution';
import {
  answerFaults,
  messageLabel,
  missed,
  snapshotOf,
  START_MS,
  VIRTUAL_ORIGIN,
} from '../scenarios/virtual-execution';
import type { BlobStore } from '../store/blob-table';
import { attach } from '../store/blob-value';

export interface PlayedParts extends Rehearsal {
  readonly client: Client;
  readonly taskQueue: string;
  readonly blobs: BlobStore;
  readonly plan: Plan;
  readonly step: ExecuteStep;
  readonly parts: ExecutionParts;
}

/** Real milliseconds beyond the timetable until an execution is given up. */
const PATIENCE_MS = 20_000;

export class PlayedExecution {
  readonly id = `${VIRTUAL_ORIGIN}-${randomUUID()}`;
  readonly #given: PlayedParts;
  readonly #sent: Sent[] = [];
  readonly #emitted: Emitted[] = [];
  readonly #asked: AskedAgent[] = [];
  readonly #faults: Difference[] = [];
  readonly #missed: Difference[] = [];
  /** Ids of events, which may be delivered twice. */
  readonly #events = new Set<string>();
  /** Ids of executions that this one has started, its own among them. */
  readonly #started = new Set([this.id]);
  #lacks: Problem | undefined;
  #ended = false;
  #begin: (at: number) => void = () => undefined;
  /** When it began by the clock here, which may differ from the server's. */
  readonly #begun = new Promise<number>((resolve) => (this.#begin = resolve));

  constructor(given: PlayedParts) {
    this.#given = given;
  }

  async run(): Promise<ExecutionOutcome> {
    const { client, taskQueue, plan, step, parts, timetable, endMs } = this.#given;
    const argument: StartArgument = {
      omni: 1,
      payload: step.payload,
      context: step.context,
      plan,
      snapshot: snapshotOf(plan, parts),
      timetable,
    };
    const handle = await client.workflow.start(plan.id, {
      taskQueue,
      workflowId: this.id,
      args: [argument],
      // If this process ends too soon, nothing is left on the server that waits for it.
      workflowExecutionTimeout: endMs + 3 * PATIENCE_MS,
    });
    this.#begin(Date.now());
    const closed = this.#closed(handle);
    await Promise.all([closed, ...step.messages.map((message, index) => this.#send(message, index, handle))]);
    const failure = await closed;
    await Promise.all([...this.#started].map((id) => this.#settle(id)));
    return this.#outcome(await handle.query<ExecutionState>(STATE_QUERY), failure);
  }

  /** Answers one attempt of a call. */
  async play({ request, number, signal }: PlayedAttempt): Promise<CallOutcome | FailedAttempt> {
    const clock = await this.#clock(signal);
    const outcome = await playAttempt(request, number, clock, {
      ...this.#given.parts,
      startMs: START_MS,
      onSent: (sent) => this.#sent.push(sent),
      onUnmocked: (problem) => this.#lack(problem),
    });
    if (!('next' in outcome) || outcome.next.nextRetryMs === undefined) return outcome;
    const nextRetryMs = await this.#until(outcome.next.nextRetryMs, againLabel(request, number));
    return { ...outcome, next: { ...outcome.next, nextRetryMs: Math.max(1, nextRetryMs) } };
  }

  /** Answers a task for an agent. */
  async playAgent(request: AgentTaskRequest, signal: AbortSignal): Promise<ChildOutcome> {
    return playAgent(request, await this.#clock(signal), {
      ...this.#given.parts,
      startMs: START_MS,
      onAsked: (asked) => this.#asked.push({ ...asked, task: asked.task.replace(this.id, VIRTUAL_ORIGIN) }),
      onUnmocked: (problem) => this.#lack(problem),
    });
  }

  /** Notes an event; it starts nothing. */
  async emit({ id, type }: EmittedEvent, data: Json): Promise<{ readonly started: []; readonly refused: [] }> {
    const step = id.slice(id.indexOf('/') + 1);
    const atMs = virtualAt(this.#given.timetable, await this.#elapsed());
    if (!this.#events.has(id)) this.#emitted.push({ atMs, step, type, data });
    this.#events.add(id);
    return { started: [], refused: [] };
  }

  /** The plan of a definition that it starts. */
  async load(id: string, executionId: string): Promise<{ readonly plan: Plan; readonly snapshot: Snapshot }> {
    this.#started.add(executionId);
    const { parts } = this.#given;
    const plan = await parts.plan(id);
    return { plan, snapshot: snapshotOf(plan, parts) };
  }

  /** Its failure, once it has ended. */
  async #closed(handle: WorkflowHandle): Promise<Problem | undefined> {
    const patienceMs = this.#given.endMs + PATIENCE_MS;
    const late = new AbortController();
    const given = pause(patienceMs, 'late' as const, { signal: late.signal }).catch(() => undefined);
    const result = handle.result().then(
      () => undefined,
      (error: unknown) => problemOfFailure(error instanceof Error ? error.cause : error),
    );
    const outcome = await Promise.race([result, given]);
    late.abort();
    this.#ended = true;
    if (outcome !== 'late') return outcome;
    await Promise.all([...this.#started].map((id) => this.#end(id)));
    throw new OmniError(
      'timeout',
      `On the server the execution had not ended ${patienceMs} ms after its start, though it does in memory. Its id is ${this.id}.`,
    );
  }

  async #send(message: Message, index: number, handle: WorkflowHandle): Promise<void> {
    const slot = this.#given.slots.get(messageLabel(index));
    if (slot !== undefined) await pause(Math.max(0, slot - ((await this.#elapsed()) ?? 0)));
    if (slot === undefined || this.#ended) return void this.#missed.push(missed(message, index));
    if (message.kind === 'cancel') await handle.cancel();
    else if (message.kind === 'signal') await handle.signal(message.signal, message.payload);
    else {
      const { data, by, roles } = message;
      const question = questionAt(message.path);
      const given: AnswerArgument = { path: question?.path ?? message.path, data, by, roles };
      const asks =
        question === undefined
          ? handle
          : this.#given.client.workflow.getHandle(agentTaskWorkflowId(`${this.id}.${question.step}`));
      const refusal = await asks.executeUpdate<void, [AnswerArgument]>(ANSWER_UPDATE, { args: [given] }).then(
        () => undefined,
        (error: unknown) => problemOfFailure(error instanceof Error ? error.cause : error),
      );
      this.#faults.push(...answerFaults(message, index, refusal));
    }
  }

  /** What it started and did not wait for goes on for a while; nothing of it counts. */
  async #settle(id: string): Promise<void> {
    const handle = this.#given.client.workflow.getHandle(id);
    const result = handle.result().catch(() => undefined);
    const over = new AbortController();
    const late = pause(PATIENCE_MS, 'late' as const, { signal: over.signal }).catch(() => undefined);
    if ((await Promise.race([result, late])) === 'late') await this.#end(id);
    over.abort();
  }

  async #end(id: string): Promise<void> {
    await this.#given.client.workflow
      .getHandle(id)
      .terminate('The scenario is over.')
      .catch(() => undefined);
  }

  async #outcome(state: ExecutionState, failure: Problem | undefined): Promise<ExecutionOutcome> {
    const { startedAt, endedAt = startedAt } = state;
    // What the server refused (a result that is too large) the execution itself does not know.
    const error = state.error ?? failure;
    const status = state.status === 'completed' && failure !== undefined ? 'failed' : state.status;
    const steps = await this.#whole(state.steps as unknown as Json);
    const output = state.output === undefined ? undefined : await this.#whole(state.output);
    return {
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      steps: steps as unknown as readonly StepRecord[],
      usage: addUsage(state.usage, state.endUsage),
      elapsedMs: endedAt - startedAt,
      sent: this.#sent,
      emitted: this.#emitted,
      asked: this.#asked,
      differences: [...this.#faults, ...this.#missed],
      executionId: this.id,
      ...(this.#lacks === undefined ? {} : { lacks: this.#lacks }),
    };
  }

  /** With what was stored because of its size. */
  #whole(value: Json): Promise<Json> {
    return attach(value, (hash) => this.#given.blobs.get(hash, this.id));
  }

  #lack(problem: Problem): void {
    this.#lacks ??= problem;
    void this.#given.client.workflow.getHandle(this.id).cancel();
  }

  async #clock(signal: AbortSignal): Promise<VirtualClock> {
    const begun = await this.#begun;
    const { timetable } = this.#given;
    return {
      now: () => START_MS + virtualAt(timetable, Date.now() - begun),
      sleep: async (ms, label) => {
        const at = Date.now() + (await this.#until(ms, label));
        // Timers may go off a moment too soon.
        while (!signal.aborted && Date.now() < at)
          await pause(at - Date.now(), undefined, { signal }).catch(() => undefined);
        return signal.aborted ? 'cancelled' : 'over';
      },
    };
  }

  /** Real milliseconds until something happens: at its place in the timetable, or else so many virtual milliseconds from now. */
  async #until(virtualMs: number, label = ''): Promise<number> {
    const { slots, timetable } = this.#given;
    const elapsed = await this.#elapsed();
    const slot = slots.get(label.replace(this.id, VIRTUAL_ORIGIN));
    return Math.ceil((slot ?? realAt(timetable, virtualAt(timetable, elapsed) + virtualMs)) - elapsed);
  }

  async #elapsed(): Promise<number> {
    return Date.now() - (await this.#begun);
  }
}

/** What the compiler makes and the interpreter runs: plain JSON, fixed order, durations in milliseconds. */
import type { AgentLoop, AskedCall, LoopOrder } from './agent-loop';
import type { Priority, TaskTerms } from './agent';
import type { Json, JsonSchema } from './json';
import type { Preference } from './preference';
import type { ProblemType } from './problem';

/** Raised when a plan's shape changes; the interpreter runs every version that a history may hold. */
export const PLAN_SCHEMA_VERSION = 1;

/** A larger plan is not sent with a start; it goes by content hash through `loadPlan`. */
export const MAX_PLAN_BYTES = 256 * 1024;

export interface Plan {
  readonly schemaVersion: typeof PLAN_SCHEMA_VERSION;
  /** The definition's id, which is the Temporal workflow type: `[a-z][a-z0-9-]*`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Semantic version of the definition. */
  readonly version: string;
  /** SHA-256, in hex, of the canonical JSON of the plan without this member. */
  readonly hash: string;
  /** CloudEvents types that start this definition. */
  readonly events: readonly string[];
  /** Times at which it starts by itself. */
  readonly schedule?: ScheduleTrigger;
  /** Signed messages that start it. */
  readonly webhook?: WebhookTrigger;
  /** JSON Schema of `trigger.payload`. */
  readonly input: JsonSchema;
  readonly steps: readonly Step[];
  /** Runs last, however the execution ended. */
  readonly finally?: readonly Step[];
  /** The execution's output; absent: the output of the last step that ran. */
  readonly output?: Template;
  readonly guards: Guards;
  /** At most `limit` executions with one key are at work at once; absent `key`: of all of the definition. */
  readonly concurrency?: { readonly key?: Template; readonly limit: number; readonly whenFull: 'queue' | 'refuse' };
}

export interface ScheduleTrigger {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** What happens at a time when the execution before it still runs. */
  readonly overlap: 'skip' | 'buffer-one' | 'buffer-all' | 'cancel-other' | 'allow-all';
  /** The payload of every start; fits `input`. */
  readonly payload: Json;
}

export interface WebhookTrigger {
  /** How the sender proves itself: https://www.standardwebhooks.com. */
  readonly verify: 'standard-webhooks';
  /** Name of the environment variable that holds the secret. */
  readonly secret: string;
  /** The payload, over the root `body`; absent: the body itself. */
  readonly payload?: Template;
}

export type Step =
  | ToolStep
  | SetStep
  | ParallelStep
  | SwitchStep
  | GroupStep
  | ForEachStep
  | RepeatStep
  | WaitStep
  | WaitForStep
  | WorkflowStep
  | AgentStep
  | LoopStep
  | EmitStep
  | FailStep
  | ReturnStep;
export type StepKind = Step['kind'];

interface StepBase {
  /** Unique in the definition: `[a-z][a-z0-9_]*`. */
  readonly name: string;
  readonly description?: string;
  /** Shown in Temporal's Web UI beside the step's name; literal text. */
  readonly summary?: string;
  /** Expression source; the step is skipped when it is false. */
  readonly if?: string;
  /** First match decides; without a match the failure goes up. */
  readonly onError?: readonly Handler[];
  /** Undoes the step when the execution fails after it: a tool step named `compensate`, which sees the scope as it was and `error`. */
  readonly compensate?: ToolStep;
}

/** `continue: true` leaves the step failed and goes on; `steps` run and give the step its output. */
export interface Handler {
  /** Expression source over `error`; absent: matches all. */
  readonly when?: string;
  readonly continue?: true;
  readonly steps?: readonly Step[];
}

export interface ToolStep extends StepBase {
  readonly kind: 'tool';
  /** `category.action`, the activity type. */
  readonly tool: string;
  readonly placement: 'local' | 'remote';
  /** `key`: safe to repeat with the idempotency key; `natural`: safe to repeat; `none`: tried once. */
  readonly idempotent: 'key' | 'natural' | 'none';
  /** Providers in the order of trying: the list, `config.fallback`, `guards.fallbacks.<category>`; none twice. */
  readonly chain: readonly Candidate[];
  /** By what the providers of the list are put in order when the step begins; absent: as written. */
  readonly prefer?: Preference;
  /** What ends the step as `degraded` when the chain is used up. */
  readonly mode?: 'text-only' | 'skip';
  /** An object of the tool's input. */
  readonly input: Template;
  /** JSON Schema of the declared `output`; absent: only the tool's contract holds. */
  readonly output?: JsonSchema;
  readonly retry: readonly RetryRule[];
  /** Tokens, about, in stored parts of its input, which an estimate cannot see. */
  readonly storedTokens?: number;
}

/** One provider to try. */
export interface Candidate {
  readonly provider: string;
  readonly from: 'provider' | 'fallback' | 'guard';
  /** Bounds one attempt. */
  readonly timeoutMs: number;
  readonly model?: string;
  /** The step's `config` without the platform's own keys, with `config.<provider>` laid over it. */
  readonly config: Template;
  /** What the model has written so far is shown while it writes. */
  readonly stream?: true;
  /** Task queue of a tool registered at run time; absent: the engine's own. */
  readonly queue?: string;
}

export interface RetryRule {
  /** Expression source over `error`; absent: matches all. */
  readonly when?: string;
  /** Attempts in all, 1 to 100. */
  readonly maxAttempts: number;
  readonly initialIntervalMs: number;
  readonly backoff: number;
  readonly maxIntervalMs: number;
}

export interface SetStep extends StepBase {
  readonly kind: 'set';
  readonly values: Readonly<Record<string, Template>>;
  readonly timeoutMs?: number;
}

export interface ParallelStep extends StepBase {
  readonly kind: 'parallel';
  /** In the order written. `single`: written as one step, which bears the branch's name. */
  readonly branches: readonly { readonly name: string; readonly single: boolean; readonly steps: readonly Step[] }[];
  /** `all`: the first failure cancels the rest; otherwise how many must complete. */
  readonly join: 'all' | number;
  readonly timeoutMs?: number;
}

export interface SwitchStep extends StepBase {
  readonly kind: 'switch';
  /** At most one case is without `when`: the default, which is last. */
  readonly cases: readonly { readonly when?: string; readonly steps: readonly Step[] }[];
  readonly timeoutMs?: number;
}

export interface GroupStep extends StepBase {
  readonly kind: 'steps';
  readonly steps: readonly Step[];
  readonly timeoutMs?: number;
}

export interface ForEachStep extends StepBase {
  readonly kind: 'forEach';
  /** Expression source of the list. */
  readonly list: string;
  /** Root under which the steps see their item; `index` is its position, from 0. */
  readonly as: string;
  /** How many items run at once, 1 to 200. */
  readonly concurrency: number;
  readonly steps: readonly Step[];
  /** Expression source of an item's result, over the item's own scope; absent: the last inner output. */
  readonly collect?: string;
  /** As of `parallel`. */
  readonly join: 'all' | number;
  /** `continue`: the place of a failed item holds `{ error }`. */
  readonly onItemError: 'fail' | 'continue';
  readonly timeoutMs?: number;
}

export interface RepeatStep extends StepBase {
  readonly kind: 'repeat';
  /** Expression source, tested before a round. */
  readonly while?: string;
  /** Expression source, tested after a round. */
  readonly until?: string;
  /** Rounds at most; reaching it while `while` or `until` asks for more fails with `policy`. */
  readonly max?: number;
  /** Least time from the beginning of a round to that of the next. */
  readonly everyMs?: number;
  readonly steps: readonly Step[];
  readonly timeoutMs?: number;
}

/** Either member, never both. */
export interface WaitStep extends StepBase {
  readonly kind: 'wait';
  readonly forMs?: number;
  /** Expression source of a timestamp, or of its RFC 3339 text. */
  readonly until?: string;
}

export interface WaitForStep extends StepBase {
  readonly kind: 'waitFor';
  /** The name of the message. */
  readonly signal: string;
  /** Roles that may answer; empty: anyone, by a plain signal too. */
  readonly from: readonly string[];
  /** JSON Schema of the answer. */
  readonly form: JsonSchema;
  readonly timeoutMs?: number;
  /** Absent: the step fails as `timeout`. */
  readonly onTimeout?: readonly Handler[];
  readonly reminders: readonly Reminder[];
  /** Of a model, that people are to agree to: no signal answers it. */
  readonly call?: AskedCall;
}

/** Once after, or again and again every so many milliseconds since the step began to wait. */
export interface Reminder {
  readonly afterMs?: number;
  readonly everyMs?: number;
  /** Roles that may answer too from then on. */
  readonly to: readonly string[];
  readonly steps: readonly Step[];
}

export interface WorkflowStep extends StepBase {
  readonly kind: 'workflow';
  /** Id of the definition. */
  readonly workflow: string;
  readonly input: Template;
  /** False: the output is the child's execution id, at once. */
  readonly await: boolean;
  /** JSON Schema of the declared output. */
  readonly output?: JsonSchema;
  /**
   * What the definition allows itself, as far as it was known: so much of this execution's budget is set aside while it runs, else
   * all that is left. Absent in plans of earlier versions, which set nothing aside.
   */
  readonly budget?: Pick<Guards['budget'], 'maxTokens' | 'maxCostUsd'>;
  readonly timeoutMs?: number;
}

export interface AgentStep extends StepBase {
  readonly kind: 'agent';
  /** Type of the agent. */
  readonly agent: string;
  /** What it is to do. */
  readonly capability: string;
  readonly priority: Priority;
  readonly input: Template;
  /** JSON Schema of the declared output. */
  readonly output?: JsonSchema;
  /** Without a condition. */
  readonly retry: RetryRule;
  readonly pool?: string;
  /** Capabilities that the agent needs beside. */
  readonly requires?: readonly string[];
  /** How long it waits for an agent; absent: 30 s. */
  readonly waitMs?: number;
  readonly otherwise?: TaskTerms['otherwise'];
  /** After so long the task itself ends. */
  readonly deadlineMs?: number;
  /** Bounds the whole task. */
  readonly timeoutMs?: number;
  /** A model works on it; absent: the capability is a function of the agent. */
  readonly loop?: AgentLoop;
}

/** The one step of the plan that a task runs on which a model works; no definition holds it. */
export interface LoopStep extends StepBase {
  readonly kind: 'loop';
  readonly order: LoopOrder;
  readonly input: Json;
  /** JSON Schema that the final answer is held against. */
  readonly output?: JsonSchema;
  /** Type of the agent that begins. */
  readonly agent: string;
  /** Task queues by type of agent, of every one that may work on it. */
  readonly queues: Readonly<Record<string, string>>;
}

export interface EmitStep extends StepBase {
  readonly kind: 'emit';
  /** CloudEvents type. */
  readonly type: string;
  readonly data: Template;
  readonly timeoutMs?: number;
}

export interface FailStep extends StepBase {
  readonly kind: 'fail';
  readonly type: ProblemType;
  /** Renders to text. */
  readonly detail?: Template;
  readonly data?: Template;
}

export interface ReturnStep extends StepBase {
  readonly kind: 'return';
  readonly value: Template;
}

export interface Guards {
  readonly budget: { readonly maxMs?: number; readonly maxTokens?: number; readonly maxCostUsd?: number };
  readonly security: {
    readonly piiRedaction: boolean;
    readonly encryption: boolean;
    readonly dataRetentionMs?: number;
  };
}

/** A value with expressions in it. Rendering an absent `expression` inside an `object` leaves its key out. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly source: string }
  /** Text with expressions inside: strings as they stand, expressions by source. */
  | { readonly kind: 'text'; readonly parts: readonly (string | { readonly source: string })[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Template>> }
  | { readonly kind: 'list'; readonly items: readonly Template[] };

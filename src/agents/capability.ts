/** What an agent can do: one function per capability, with the shapes that it takes and gives. */
import type { z } from 'zod';
import type { Json } from '../plan/json';
import type { ParentLink, Usage } from '../plan/record';

/** What a capability is told beside its input. */
export interface CapabilityCall {
  readonly taskId: string;
  /** Id of the agent that works on it. */
  readonly agentId: string;
  /** Idempotency key for what is done outside: the same on every attempt, and in a rerun. */
  readonly key: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** `trigger.context` of the asker. */
  readonly context: Json;
  /** What may still be spent. */
  readonly remaining: ParentLink['remaining'];
  /** Milliseconds since 1970. */
  readonly deadlineAt?: number;
  /** Aborted when the task is cancelled, or its worker has to end. */
  readonly signal: AbortSignal;
  /** Shows how far it is, in a few words without anybody's data. */
  readonly report: (progress: string) => void;
}

export interface CapabilityAnswer {
  readonly output: Json;
  /** Absent: it cost nothing. */
  readonly usage?: Usage;
}

export interface Capability {
  /** One sentence. */
  readonly description: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** `input` has been held against its shape. Throws `OmniError`; a retryable one is tried again as the task says. */
  readonly run: (input: never, call: CapabilityCall) => Promise<CapabilityAnswer>;
}

export interface AgentType {
  /** `engineer`. */
  readonly type: string;
  /** One sentence. */
  readonly description: string;
  /** By name, `code_generation`. */
  readonly capabilities: Readonly<Record<string, Capability>>;
}

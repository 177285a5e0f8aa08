/** What an agent can do: one function per capability, with the shapes that it takes and gives. */
import type { z } from 'zod';
import type { Json } from '../plan/json';
import type { Problem } from '../plan/problem';
import { OmniError } from '../plan/problem';
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
  /** Executions above the task, as in the asker's `ParentLink`. */
  readonly depth: number;
  /** Milliseconds since 1970. */
  readonly deadlineAt?: number;
  /**
   * Aborted when the task is over before its end, by an `OmniError` of the type `cancelled` or `timeout` as its reason; or when its worker
   * has to end, and another attempt follows, by any other reason.
   */
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

/** Keeps the type of the input, which `run` is given parsed. Members of the output that are undefined count as absent. */
export function defineCapability<I extends z.ZodType>(
  one: Omit<Capability, 'input' | 'run'> & {
    readonly input: I;
    readonly run: (
      input: z.output<I>,
      call: CapabilityCall,
    ) => Promise<Omit<CapabilityAnswer, 'output'> & { readonly output: unknown }>;
  },
): Capability {
  return one as Capability;
}

/** Whether nobody waits for the task any more: no other attempt follows. */
export function isOver({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof OmniError && ['cancelled', 'timeout'].includes(reason.problem.type);
}

/** It failed for good, and had cost something by then. */
export class CostlyFailure extends OmniError {
  constructor(
    problem: Problem,
    readonly usage: Usage,
  ) {
    super(problem.type, problem.detail, { ...problem, retryable: false });
  }
}

export interface AgentType {
  /** `engineer`. */
  readonly type: string;
  /** One sentence. */
  readonly description: string;
  /** By name, `code_generation`. */
  readonly capabilities: Readonly<Record<string, Capability>>;
  /** Other words for them, which messages may have as their type: `execute_workflow` by `workflow_execution`. */
  readonly aliases?: Readonly<Record<string, string>>;
}

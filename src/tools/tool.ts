/** What a tool promises and what a provider implements. Neither knows Temporal. */
import type { z } from 'zod';
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import type { Quantities } from '../plan/price';
import type { Usage } from '../plan/record';
import type { PriceList } from './price-list';

/** A tool: its contract with definitions, whoever provides it. */
export interface ToolContract {
  /** `category.action`, for example `stt.transcribe`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The part before the dot; `guards.fallbacks` speaks of it. */
  readonly category: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** `key`: safe to repeat with the idempotency key; `natural`: safe to repeat as it is; `none`: tried once. */
  readonly idempotent: 'key' | 'natural' | 'none';
  /** Where a step's input decides. It is given as it is written: null stands for a member that is only known when the step runs. */
  readonly idempotentFor?: (written: JsonObject) => ToolContract['idempotent'];
  /** `local` only for tools that take milliseconds on this machine. */
  readonly placement: 'local' | 'remote';
  /** Default bound of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * What of its input goes out as it is under `piiRedaction`, because a placeholder in its place would make the call useless: members
   * that say whom or what it is for, or `all` for what is delivered or kept. Absent: nothing.
   */
  readonly unredacted?: 'all' | readonly string[];
}

/** What a provider may know about the call that it serves. */
export interface CallContext {
  /** Ends when the call is cancelled or out of time: hand it on to everything that waits. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The same on every attempt, after a restart, a continue-as-new and a rerun. */
  readonly idempotencyKey: string;
  readonly model?: string;
  /** The step's `config`, without the platform's own keys. */
  readonly config: JsonObject;
  /** What the step declares of the answer, beyond the tool's contract. */
  readonly output?: JsonSchema;
  /** `trigger.context` of the execution: who asks. */
  readonly caller: Json;
  /** Tells what has been used so far, each time in full: what counts when the call is broken off before its answer is there. */
  readonly used?: (usage: AnswerUsage) => void;
  /**
   * Somebody wants to see the answer while it comes: tells its text so far, each time in full. Text that does not go on from the one
   * before replaces it. Call it as often as you like; what is shown is the step's output to be, so nothing but that belongs into it.
   */
  readonly partial?: (text: string) => void;
}

/** What a call counted. The caller adds the duration, and the dollars by the price where the vendor does not tell `costUsd` itself. */
export type AnswerUsage = Partial<Omit<Usage, 'durationMs' | 'unpriced'>> & Quantities;

export interface ToolAnswer {
  readonly output: unknown;
  readonly usage?: AnswerUsage;
}

/**
 * One tool as one provider does it. `input` fits the contract and holds no blob references; the output is checked by the caller.
 * Throws `OmniError`; anything else counts as a defect of the provider (`tool-error`).
 */
export type ProviderTool = (input: never, call: CallContext) => Promise<ToolAnswer>;

/** What is known of a vendor beforehand; docs/providers.md is written from it. */
export interface ProviderFacts {
  /** Absent: no limits of ours. */
  readonly limits?: ProviderLimits;
  /** What keeps a repeated call from acting twice, where anything does: `key` when the vendor honours `Idempotency-Key`, else in words. */
  readonly honours?: string;
  /** Absent: what its calls cost is unknown, and no definition with a `maxCost` may name it. */
  readonly prices?: PriceList;
  /** The vendor is paid by seat or plan: a call of it costs nothing more, unless `prices` say otherwise. */
  readonly byPlan?: true;
  /** Pages that it was written from. */
  readonly sources?: readonly string[];
}

/** Kept by every process for itself, but for a rate that is `shared`; a setting can replace each of them. */
export interface ProviderLimits {
  /** In the long run. */
  readonly perSecond?: number;
  /** Calls at once after a rest; `perSecond` rounded up unless told. */
  readonly burst?: number;
  /** Rate and burst are of all processes together, counted in the database. */
  readonly shared?: boolean;
  /** Calls under way at a time. */
  readonly concurrent?: number;
  /** Each call goes to a place of its own, so that one place in trouble does not shut out the others: no breaker, and no common pause. */
  readonly apart?: true;
  /** In a row, until it is left alone; 5 unless told. */
  readonly failures?: number;
  /** Milliseconds that it is left alone then, before one call tries it; 30 seconds unless told. */
  readonly openMs?: number;
}

/** What can be asked of a vendor or engine. */
export interface Provider extends ProviderFacts {
  /** `openrouter`, `local`. */
  readonly name: string;
  readonly title: string;
  /** Environment variables that it reads; `required` ones decide whether it is configured. */
  readonly variables: readonly { readonly name: string; readonly required: boolean; readonly description: string }[];
  /** Undefined when it can be called, else what is missing and how to supply it. */
  readonly unconfigured?: string;
  /** By tool name. */
  readonly tools: Readonly<Record<string, ProviderTool>>;
  /** Whether it knows this model; `config.model` counts only for providers that do. */
  knowsModel?(model: string): boolean;
  /** Loads what takes long to load (engines), so that the first call is not slow. */
  warm?(): Promise<void>;
  /** Resolves when the far side answers; throws `OmniError` when not. */
  probe?(signal: AbortSignal): Promise<void>;
  /** Ends child processes and sockets. */
  close?(): Promise<void>;
}

/** What a model that works on a task by itself goes by: all of it stands in the plan, nothing of it comes from the model. */
import type { Json, JsonObject, JsonSchema } from './json';
import type { RedactionOrder } from './personal';
import type { AgentStep, Template, ToolStep, WorkflowStep } from './plan';
import type { PriceBook } from './price';

export interface AgentLoop {
  /** What is to be reached: a text. */
  readonly goal: Template;
  /** How it is to behave; a text. */
  readonly instructions?: Template;
  /** Asks the model: a step of `llm.object`, whose input the loop makes anew for every turn. */
  readonly think: ToolStep;
  /** What it may call, by the name that the model uses. */
  readonly tools: Readonly<Record<string, LoopTool>>;
  readonly limits: LoopLimits;
  /** Types of agents that it may hand the rest of the task to. */
  readonly handoff?: readonly string[];
}

/** The loop as a task carries it: every template in it is a literal, so nothing is evaluated there any more. */
export interface LoopOrder extends Omit<AgentLoop, 'goal' | 'instructions'> {
  readonly goal: string;
  readonly instructions?: string;
  /** Of whoever asks, as recorded when that execution started. */
  readonly prices?: PriceBook;
  /** Personal data that whoever asks knows of. */
  readonly redact?: RedactionOrder;
}

export interface LoopTool {
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly input: JsonSchema;
  /** What a call runs: its input is the model's arguments, as they are. */
  readonly step: ToolStep | WorkflowStep | AgentStep;
  /** A person must agree to every single call; absent: it is called at once. */
  readonly approval?: LoopApproval;
}

export interface LoopApproval {
  /** Roles that may agree; empty: anyone who answers tasks. */
  readonly roles: readonly string[];
  /** Milliseconds after which the question is closed and the call refused. */
  readonly timeoutMs: number;
}

/** Whatever is reached first ends the loop. */
export interface LoopLimits {
  readonly turns: number;
  /** Calls of tools, over all turns. */
  readonly calls: number;
  readonly tokens?: number;
  readonly costUsd?: number;
  readonly timeMs?: number;
}

/** A call that people are asked about: what they agree to is this and nothing else. */
export interface AskedCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** SHA-256 in hex of the canonical JSON of the arguments. */
  readonly hash: string;
}

/** Signal to a task: a message that the model is shown before its next turn. */
export const MESSAGE_SIGNAL = 'omni:message';

/** Argument of that signal; of those with one id only the first counts. */
export interface LoopMessage {
  readonly id: string;
  readonly from: string;
  readonly type: string;
  readonly payload: Json;
}

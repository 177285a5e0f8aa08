/** A scenario as its file says it: a test of a definition, in plain data. */
import type { Json, JsonObject } from '../plan/json';
import type { ProblemType } from '../plan/problem';
import type { StepStatus, Usage } from '../plan/record';
import type { ToolContract } from '../tools/tool';

export interface Scenario {
  readonly name: string;
  readonly description?: string;
  /** Contracts of tools that do not exist yet. */
  readonly tools: readonly DeclaredTool[];
  /** The scenario's own; a later one for the same tool and provider wins. */
  readonly mocks: readonly MockTool[];
  readonly agents: readonly MockAgent[];
  readonly flags: Readonly<Record<string, boolean>>;
  /** What a call without a mock comes to: the scenario fails, or the answer is made up by type. */
  readonly unmocked: 'fail' | 'sample';
  readonly steps: readonly ScenarioStep[];
}

export interface DeclaredTool {
  readonly contract: ToolContract;
  /** Names of those who will provide it; without any, whoever the language knows. */
  readonly providers: readonly string[];
  /** US dollars of one call, for mocks that say nothing else. */
  readonly price?: number;
}

export interface MockTool {
  /** Name of the tool. */
  readonly tool: string;
  readonly provider: string;
  /** Why it is passed over; absent: it can be called. */
  readonly unconfigured?: string;
  /** The first that matches answers. */
  readonly responses: readonly MockResponse[];
  /** Where none matches; absent: a value of the contract's type. */
  readonly fallback?: MockAnswer;
}

export interface MockResponse {
  /** Partial match on the call's input; absent: any. */
  readonly input?: Json;
  /** Counts from 1 within one call; absent: every attempt. */
  readonly attempt?: number;
  /** Path of the step that calls, or of one that holds it; absent: any. */
  readonly step?: string;
  /** Of a question to a model that works by itself, from 1; absent: any. */
  readonly turn?: number;
  readonly answer: MockAnswer;
}

export interface MockAnswer {
  /** Laid over a value of the contract's type. */
  readonly output?: Json;
  /** Sent as it is. */
  readonly raw?: Json;
  readonly error?: MockError;
  readonly delayMs: number;
  readonly usage?: Partial<Usage>;
}

export interface MockError {
  readonly type: ProblemType;
  readonly detail?: string;
  /** Overrides what the type says about a second attempt. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** The capability that an `agent` step asks for is the message type. */
export interface MockAgent {
  readonly id: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly responses: readonly { readonly messageType: string; readonly answer: MockAnswer }[];
  readonly fallback?: MockAnswer;
}

export type ScenarioStep = ExecuteStep | FlagStep;

export interface ExecuteStep {
  readonly action: 'execute_workflow';
  /** Id of the definition. */
  readonly workflow: string;
  readonly payload: JsonObject;
  readonly context: Json;
  /** Partial match on status, output, error, steps, usage and duration. */
  readonly expected?: Json;
  /** Most virtual milliseconds. */
  readonly timeoutMs?: number;
  readonly messages: readonly Message[];
  readonly expect?: Expectation;
}

export interface FlagStep {
  readonly action: 'check_feature_flag';
  readonly flag: string;
  readonly expected?: Json;
}

/** What comes from outside, `atMs` after the start. */
export type Message = { readonly atMs: number } & (
  | { readonly kind: 'signal'; readonly signal: string; readonly payload: Json }
  | {
      readonly kind: 'answer';
      /** Path of the step that asks. */
      readonly path: string;
      readonly data: JsonObject;
      readonly by: string;
      readonly roles: readonly string[];
      /** The type of problem that it is to be refused with. */
      readonly refused?: string;
    }
  | { readonly kind: 'cancel' }
);

export interface Expectation {
  readonly status?: string;
  /** Every step that began, in the order of their beginning. */
  readonly path?: readonly { readonly step: string; readonly status?: StepStatus }[];
  /** Partial match, by step path. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Partial match on the execution's output. */
  readonly output?: Json;
  /** Partial match on the execution's error. */
  readonly error?: Json;
  readonly calls?: readonly CallExpectation[];
  /** Tasks that agents were given, in this order. */
  readonly agents?: readonly AgentExpectation[];
  /** What was emitted, in this order. */
  readonly events?: readonly EventExpectation[];
  /** At most so many US dollars. */
  readonly cost?: number;
  /** At most so many tokens. */
  readonly tokens?: number;
  /** Virtual milliseconds. */
  readonly elapsed?: { readonly atLeastMs?: number; readonly atMostMs?: number };
  /** Steps that were undone, in this order. */
  readonly compensations?: readonly string[];
  /** Texts that no call and no event was given. */
  readonly withheld?: readonly string[];
  /** No call of an outside provider took personal data along. */
  readonly noPersonalData?: true;
}

export interface AgentExpectation {
  /** Type of the agent. */
  readonly agent: string;
  readonly capability?: string;
  /** Absent: at least one. */
  readonly count?: number;
  /** Partial match. */
  readonly input?: Json;
}

export interface EventExpectation {
  /** CloudEvents type. */
  readonly type: string;
  /** Absent: at least one. */
  readonly count?: number;
  /** Partial match. */
  readonly data?: Json;
}

/** Attempts count: a call that is tried three times is sent three times. */
export interface CallExpectation {
  readonly tool: string;
  readonly provider?: string;
  /** Absent: at least one. */
  readonly count?: number;
  /** Partial match. */
  readonly input?: Json;
}

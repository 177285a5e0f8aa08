/** What runs executions for the command line: a server that is asked over HTTP, or a platform inside this process. */
import type { Execution } from '../executions/execution';
import type { ToolDescription } from '../library/tool-description';
import type { JsonObject } from '../plan/json';
import type { Input } from './payload';

export interface ToolCall {
  /** `category.action`. */
  readonly tool: string;
  readonly provider: string;
  readonly input: JsonObject;
}

export interface Server {
  /** Where a person finds an execution. */
  readonly where: (executionId: string) => string;
  /** The id of the new execution. */
  readonly start: (workflow: string, input: Input) => Promise<string>;
  /** The id of a new execution of that one call. */
  readonly call: (call: ToolCall) => Promise<string>;
  /** Throws `not-found` with the nearest name. */
  readonly tool: (name: string) => Promise<ToolDescription>;
  readonly describe: (executionId: string) => Promise<Execution>;
  readonly cancel: (executionId: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

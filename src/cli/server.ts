/** What runs executions for the command line: a server that is asked over HTTP, or a platform inside this process. */
import type { Execution } from '../executions/execution';
import type { Input } from './payload';

export interface Server {
  /** Where a person finds an execution. */
  readonly where: (executionId: string) => string;
  /** The id of the new execution. */
  readonly start: (workflow: string, input: Input) => Promise<string>;
  readonly describe: (executionId: string) => Promise<Execution>;
  readonly cancel: (executionId: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What activities are handed. */
import type { Logger } from 'pino';
import type { MatchAgent, NoteTask } from '../src/plan/agent-task';
import type { CallCounter } from '../src/monitoring/counted-calls';
import type { LookAtAlerts, SendAlert } from '../src/plan/alert';
import type { LookAtAgent, SettleMessage, TakeMessage } from '../src/plan/agent-message';
import type { EmittedEvent } from '../src/plan/emit';
import type { Json } from '../src/plan/json';
import type { StartFacts } from '../src/plan/load';
import type { Plan } from '../src/plan/plan';
import type { Snapshot } from '../src/plan/record';
import type { BlobStore } from '../src/store/blob-table';
import type { ToolRegistry } from '../src/tools/registry';
import type { JointRate } from '../src/tools/joint-rate';
import type { PartialChannel } from '../src/store/partial-channel';

export interface ActivityDependencies {
  readonly registry: ToolRegistry;
  readonly blobs: BlobStore;
  /** Rates of all processes together; absent: there is no other. */
  readonly jointRate?: JointRate;
  /**
   * The published plan of a definition, for an execution that is to run it, with flags and settings as they are now for what `startOf`
   * says of the start; undefined when there is none of that id.
   */
  readonly loadPlan: (
    id: string,
    executionId: string,
    startOf?: (plan: Plan) => StartFacts,
  ) => Promise<{ readonly plan: Plan; readonly snapshot: Snapshot } | undefined>;
  /** Writes down for how long an execution is kept that begins with the plan; absent: nobody deletes it here. */
  readonly noteStart?: (executionId: string, plan: Plan) => Promise<void>;
  /** Starts what triggers on the event; gives the ids of executions, and of definitions that the data do not fit. Throws when they fit none. */
  readonly emit: (
    event: EmittedEvent,
    data: Json,
  ) => Promise<{ readonly started: readonly string[]; readonly refused: readonly string[] }>;
  /** Finds an agent for a task; absent: every task goes to the queue of the type that it asks for. */
  readonly matchAgent?: MatchAgent;
  /** Writes down where a task stands; absent: nobody does. */
  readonly noteTask?: NoteTask;
  /** The ledger of messages between agents; absent: inboxes are left to other workers. */
  readonly mailbox?: { readonly look: LookAtAgent; readonly take: TakeMessage; readonly settle: SettleMessage };
  /** Looks at alerts and sends what they have to tell; absent: that is left to other workers. */
  readonly alerts?: { readonly look: LookAtAlerts; readonly send: SendAlert };
  /** Where partial text goes; absent: nobody looks on. */
  readonly publishPartials?: PartialChannel['publish'];
  /** Secret that placeholders are made with, the same for all workers; absent: nothing can be redacted here. */
  readonly redactionKey?: () => Promise<Uint8Array>;
  /** Aborted with an `OmniError` when calls that run must end with their worker; absent: Temporal cancels them then. */
  readonly ending?: AbortSignal;
  /** Absent: nobody counts. */
  readonly calls?: CallCounter;
  readonly logger: Logger;
  /** From 0 up to 1; spreads the waits between attempts. */
  readonly random?: () => number;
}

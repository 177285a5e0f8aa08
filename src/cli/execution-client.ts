/** What the command line says to executions, over HTTP. */
import { z } from 'zod';
import type { ExecutionSummary } from '../executions/execution';
import { asking } from './api-client';
import type { ServerAddress } from './server-address';

export interface PurgeChoice {
  readonly ids?: readonly string[];
  readonly workflow?: string;
  /** A duration. */
  readonly olderThan?: string;
  readonly all?: true;
  readonly dryRun?: true;
}

const purgeOutcome = z.object({
  ids: z.array(z.string()),
  purged: z.number(),
  running: z.number(),
  unknown: z.number(),
  failed: z.number(),
  more: z.boolean(),
});
type PurgeOutcome = Readonly<Omit<z.infer<typeof purgeOutcome>, 'ids'>> & { readonly ids: readonly string[] };

export interface ExecutionClient {
  /** The newest page. */
  list(filter: Readonly<Record<string, string>>): Promise<{ readonly executions: readonly ExecutionSummary[] }>;
  pause(executionId: string): Promise<void>;
  resume(executionId: string): Promise<void>;
  purge(choice: PurgeChoice): Promise<PurgeOutcome>;
  /** The id of the new execution. */
  rerun(executionId: string, from?: string): Promise<string>;
}

const summary = z.looseObject({
  executionId: z.string(),
  status: z.string(),
  duration: z.number(),
}) as unknown as z.ZodType<ExecutionSummary>;

/** Its methods throw `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export function createExecutionClient(server: ServerAddress): ExecutionClient {
  const ask = asking(server);
  const address = (id: string, verb: string): string => `/executions/${encodeURIComponent(id)}/${verb}`;
  return {
    list: (filter) =>
      ask('GET', `/executions?${new URLSearchParams(filter).toString()}`, {
        schema: z.object({ executions: z.array(summary) }),
      }),
    async pause(id) {
      await ask('POST', address(id, 'pause'), { schema: z.unknown() });
    },
    async resume(id) {
      await ask('POST', address(id, 'resume'), { schema: z.unknown() });
    },
    purge: (choice) => ask('POST', `/executions/bulk/purge`, { schema: purgeOutcome, body: choice }),
    async rerun(id, from) {
      const schema = z.looseObject({ executionId: z.string() });
      const body = from === undefined ? {} : { from };
      return (await ask('POST', address(id, 'rerun'), { schema, body })).executionId;
    },
  };
}

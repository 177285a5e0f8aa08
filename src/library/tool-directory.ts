/** Tools that processes bring along while they run: ours are served and announced, those of others are learned of. */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { JsonObject } from '../plan/json';
import { canonical } from '../plan/json';
import type { RegisteredToolRow, RegisteredToolTable, ToolOwner } from '../store/registered-tool-table';
import type { ToolRegistry } from '../tools/registry';
import type { RegisteredTool, ToolTerms } from './registered-tool';
import { contractOf, overlayOf } from './registered-tool';

/** Between two heartbeats, in milliseconds; others go by what was heard within `LIFE_MS`. */
const BEAT_MS = 3_000;
const LIFE_MS = 15_000;

export interface ToolDirectory {
  /** When it resolves, definitions of this process call it; those of others do within seconds. */
  register(name: string, provider: string, tool: RegisteredTool): Promise<void>;
  /** What this process registered. */
  own(name: string, provider: string): RegisteredTool | undefined;
  close(): Promise<void>;
}

export interface ToolDirectoryParts {
  readonly registry: ToolRegistry;
  readonly table: RegisteredToolTable;
  readonly owner: ToolOwner;
  readonly queueOf: (name: string, provider: string) => string;
  /** Begins to take calls from a queue. */
  readonly serve: (queue: string) => Promise<{ stop(): Promise<void> }>;
  readonly logger: Logger;
}

/** Of another process's row, as it was announced. */
const announced = z.object({
  description: z.string(),
  timeout: z.number(),
  retryable: z.boolean(),
  cost: z.record(z.string(), z.number()).optional(),
});

interface Own extends RegisteredToolRow {
  readonly execute: RegisteredTool;
  readonly worker: { stop(): Promise<void> };
}

/** Knows what others have announced when it resolves. */
export async function openToolDirectory(parts: ToolDirectoryParts): Promise<ToolDirectory> {
  const { registry, table, owner, queueOf, serve, logger } = parts;
  const mine = new Map<string, Own>();
  let others: readonly RegisteredToolRow[] = [];
  const keyOf = (name: string, provider: string): string => `${name} ${provider}`;
  const lay = (): void => {
    const learned = others.filter(({ tool, provider }) => !mine.has(keyOf(tool, provider)));
    const entries = [
      ...learned.flatMap(({ tool, provider, terms }) => {
        const known = termsIn(terms);
        return known === undefined ? [] : [{ name: tool, provider, terms: known }];
      }),
      ...[...mine.values()].map(({ tool, provider, execute }) => ({
        name: tool,
        provider,
        terms: execute.metadata,
        tool: execute,
      })),
    ];
    registry.lay(overlayOf(entries, { registry, queueOf }));
  };
  const learn = async (): Promise<void> => {
    const rows = await table.others(owner, LIFE_MS);
    // A contract that is made anew is another one to the compiler, which then compiles everything anew.
    if (canonical(plainRows(rows)) === canonical(plainRows(others))) return;
    others = rows;
    lay();
  };
  const beat = async (): Promise<void> => {
    if (mine.size > 0) await table.announce(owner, [...mine.values()]);
    await learn();
  };
  await learn();
  let beating: Promise<void> = Promise.resolve();
  let heard = true;
  const timer = setInterval(() => {
    beating = beating.then(beat).then(
      () => void (heard = true),
      (error: unknown) => {
        if (heard) logger.warn({ error }, 'registered tools could not be announced: the database does not answer');
        heard = false;
      },
    );
  }, BEAT_MS);
  timer.unref();

  return {
    async register(name, provider, tool) {
      contractOf(name, tool.metadata);
      const key = keyOf(name, provider);
      const worker = mine.get(key)?.worker ?? (await serve(queueOf(name, provider)));
      const entry: Own = { tool: name, provider, terms: termsOf(tool), execute: tool, worker };
      mine.set(key, entry);
      lay();
      await table.announce(owner, [entry]);
    },
    own: (name, provider) => mine.get(keyOf(name, provider))?.execute,
    async close() {
      clearInterval(timer);
      await beating;
      // First nobody sends calls any more, then those that were sent are ended.
      if (mine.size > 0) await table.withdraw(owner);
      await Promise.all([...mine.values()].map(({ worker }) => worker.stop()));
    },
  };
}

function plainRows(rows: readonly RegisteredToolRow[]): JsonObject[] {
  return rows.map(({ tool, provider, terms }) => ({ tool, provider, terms }));
}

function termsOf({ metadata: { description, timeout, retryable, cost } }: RegisteredTool): JsonObject {
  return { description, timeout, retryable, ...(cost === undefined ? {} : { cost: { ...cost } }) };
}

/** Undefined for what another version announces in another shape. */
function termsIn(terms: JsonObject): ToolTerms | undefined {
  const parsed = announced.safeParse(terms);
  if (!parsed.success) return undefined;
  const { cost, ...rest } = parsed.data;
  return { ...rest, ...(cost === undefined ? {} : { cost }) };
}

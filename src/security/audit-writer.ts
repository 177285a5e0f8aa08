/** Puts rows into the chain. What is asked for while a write is under way goes into the next one, all in one statement. */
import { OmniError } from '../plan/problem';
import type { AuditRow } from '../store/audit-row';
import { textOfRow } from '../store/audit-row';
import type { AuditHead, AuditTable, SealedRow } from '../store/audit-table';
import type { AuditKey } from './audit-keys';
import { sealOf } from './audit-keys';

/** A row before it has its place in the chain. */
export type Entry = Omit<AuditRow, 'sequence' | 'keyId'>;

export interface AuditWriter {
  /** Resolves when the row is on disk; throws `provider-unavailable`. */
  write(entry: Entry): Promise<void>;
  /** Resolves when nothing is waiting any more. */
  settled(): Promise<void>;
}

export interface AuditWriterParts {
  readonly table: AuditTable;
  readonly key: AuditKey;
  /** Told after every write. */
  readonly wrote: (head: AuditHead) => void;
}

interface Waiting {
  readonly entry: Entry;
  readonly done: () => void;
  readonly failed: (error: OmniError) => void;
}

const BATCH = 500;
/** More than the database could take in its time limit: whoever comes then is refused at once. */
const MAX_WAITING = 10_000;

export function auditWriter({ table, key, wrote }: AuditWriterParts): AuditWriter {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  /** Where the chain ended after our last write; undefined: to be asked. */
  let known: AuditHead | undefined;
  /** Whether others have written in between lately: then it is quicker to take turns at once than to be refused first. */
  let company = false;

  const put = async (entries: readonly Entry[]): Promise<AuditHead> => {
    let sealed: readonly SealedRow[];
    if (!company) {
      known ??= await table.head();
      sealed = chained(entries, known, key);
      if (await table.append(sealed)) return endOf(sealed);
    }
    const before = known;
    sealed = [];
    await table.appendInTurn((head) => {
      company = before !== undefined && head.sequence !== before.sequence;
      return (sealed = chained(entries, head, key));
    });
    return endOf(sealed);
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        known = await put(batch.map(({ entry }) => entry));
        for (const { done } of batch) done();
        wrote(known);
      } catch (error) {
        // Whether it was written is not known, so the end of the chain is not either.
        known = undefined;
        for (const { failed } of batch) failed(refusal(error));
      }
    }
    writing = undefined;
  };
  return {
    write: (entry) =>
      new Promise((done, failed) => {
        if (waiting.length >= MAX_WAITING) {
          failed(refusal(new Error('too many rows are waiting')));
          return;
        }
        waiting.push({ entry, done, failed });
        writing ??= drain();
      }),
    settled: async () => writing,
  };
}

function chained(entries: readonly Entry[], head: AuditHead, key: AuditKey): readonly SealedRow[] {
  let { sequence, hash } = head;
  return entries.map((entry) => {
    const row = { ...entry, sequence: (sequence += 1), keyId: key.id };
    hash = sealOf(key, hash, textOfRow(row));
    return { ...row, hash };
  });
}

function endOf(rows: readonly SealedRow[]): AuditHead {
  const last = rows.at(-1);
  if (last === undefined) throw new Error('nothing was written');
  return { sequence: last.sequence, hash: last.hash };
}

function refusal(cause: unknown): OmniError {
  return new OmniError(
    'provider-unavailable',
    'The audit log cannot be written, and what cannot be recorded is not done. Try again; if it goes on, see whether the database answers.',
    { retryAfterMs: 1_000, undone: true, cause },
  );
}

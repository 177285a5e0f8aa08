/** Walks the audit log from its first row to its last, and finds the first one that is not what was written. */
import { headOfText } from '../store/audit-row';
import type { AuditHead } from '../store/audit-table';
import type { ExportedHead, ExportedHeads } from './audit-heads';
import type { AuditKeys } from './audit-keys';
import { sealOf } from './audit-keys';

/**
 * `altered`: its seal does not fit it and the row before it: it was changed, moved, put in or forged.
 * `missing`: there is no such row.
 * `replaced`: another row was exported under its number: an older state was put back, and written on.
 * `unknown-key`: it was sealed with a key that is not among those given.
 */
export type FaultKind = 'altered' | 'missing' | 'replaced' | 'unknown-key';

export interface AuditFault {
  /** The first row that is not what was written. */
  readonly sequence: number;
  readonly kind: FaultKind;
  readonly detail: string;
}

export interface Verification {
  readonly intact: boolean;
  /** How many were looked at. */
  readonly rows: number;
  /** The last row that is as it was written. */
  readonly head: AuditHead;
  /** What was known from the second place; without any a missing end cannot be noticed. */
  readonly exported: { readonly heads: number; readonly newest: number; readonly unreadable: number };
  readonly fault?: AuditFault;
  /** What keeps the database's account from changing rows: `role`: it has no right to; `trigger`: a trigger that it could drop. */
  readonly protection: 'role' | 'trigger';
}

interface Evidence {
  readonly pages: AsyncIterable<readonly (readonly [hash: string, text: string])[]>;
  readonly keys: AuditKeys;
  readonly exported: ExportedHeads;
}

export async function verifyChain({ pages, keys, exported }: Evidence): Promise<Omit<Verification, 'protection'>> {
  const { heads, unreadable } = exported;
  const known = { heads: heads.length, newest: heads.at(-1)?.sequence ?? 0, unreadable };
  let head: AuditHead = { sequence: 0, hash: '' };
  let rows = 0;
  let due = 0;
  /** The first row that is newer than a head with a higher number, and that no older head vouches for: it matters when a head does not fit. */
  let late: number | undefined;
  const times = earliestFrom(heads);
  const earliest = (from: number): number => times[from] ?? Infinity;
  const end = (fault?: AuditFault): Omit<Verification, 'protection'> => ({
    intact: fault === undefined,
    rows,
    head,
    exported: known,
    ...(fault === undefined ? {} : { fault }),
  });
  for await (const page of pages)
    for (const [hash, text] of page) {
      rows += 1;
      const fault = faultOf({ before: head, hash, text, keys });
      if (fault !== undefined) return end(fault);
      const { sequence, at } = headOfText(text);
      if (at > earliest(due)) late ??= sequence;
      for (let next = heads[due]; next?.sequence === sequence; next = heads[due]) {
        if (next.hash !== hash) return end(replaced(late ?? sequence, next));
        due += 1;
        if (next.at <= earliest(due)) late = undefined;
      }
      head = { sequence, hash };
    }
  const beyond = heads[due];
  if (beyond === undefined) return end();
  return end(late === undefined ? missing(head.sequence + 1, beyond) : replaced(late, beyond));
}

/** When the first of the heads from there on was exported. */
function earliestFrom(heads: readonly ExportedHead[]): readonly number[] {
  let time = Infinity;
  return heads.map((_, index) => (time = Math.min(time, heads[heads.length - 1 - index]?.at ?? time))).reverse();
}

interface Link {
  readonly before: AuditHead;
  readonly hash: string;
  readonly text: string;
  readonly keys: AuditKeys;
}

function faultOf({ before, hash, text, keys }: Link): AuditFault | undefined {
  const expected = before.sequence + 1;
  const { sequence, keyId } = headOfText(text);
  if (sequence > expected)
    return { sequence: expected, kind: 'missing', detail: `Row ${expected} is missing; row ${sequence} comes next.` };
  if (sequence < expected)
    return { sequence, kind: 'altered', detail: `Row ${sequence} does not belong where it stands.` };
  const key = keys.known.get(keyId);
  if (key === undefined)
    return {
      sequence,
      kind: 'unknown-key',
      detail: `Row ${sequence} says that it was sealed with key ${keyId}, which is not given here. Add it to AUDIT_KEY, behind a comma; if there never was such a key, the row is forged.`,
    };
  if (sealOf(key, before.hash, text) === hash) return undefined;
  return {
    sequence,
    kind: 'altered',
    detail: `Row ${sequence} does not fit its seal: it was changed, moved, put in or forged.`,
  };
}

function replaced(sequence: number, head: ExportedHead): AuditFault {
  return {
    sequence,
    kind: 'replaced',
    detail: `Row ${sequence} stands where another one stood: of row ${head.sequence} another seal was exported. An older state was put back, or the chain was written anew with its key.`,
  };
}

function missing(sequence: number, head: ExportedHead): AuditFault {
  return {
    sequence,
    kind: 'missing',
    detail: `Row ${sequence} is missing: the log ends before it, and row ${head.sequence} was exported at ${new Date(head.at).toISOString()}.`,
  };
}

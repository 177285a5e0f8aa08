/** One row of the table `audit`, and the text of it that its seal is made over. */
import type { JsonObject } from '../plan/json';

export interface AuditRow {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Which key the row is sealed with. */
  readonly keyId: string;
  readonly actorId: string;
  readonly actorKind: string;
  readonly actorRoles: readonly string[];
  readonly action: string;
  readonly resourceKind?: string;
  readonly resourceId?: string;
  readonly outcome: 'allowed' | 'denied' | 'failed';
  readonly reason?: string;
  readonly requestId?: string;
  readonly address?: string;
  readonly details?: JsonObject;
}

/** Neither stands in any text that is written, so a row cannot be read in two ways. */
const BETWEEN = '\x1f';
const ABSENT = '\x1e';

/** Every column but the hash. `TEXT_OF_ROW` says the same in SQL. */
export function textOfRow(row: AuditRow): string {
  const { details, actorRoles } = row;
  return [
    row.sequence,
    `${row.at}000`,
    row.keyId,
    row.actorId,
    row.actorKind,
    JSON.stringify(actorRoles),
    row.action,
    row.resourceKind ?? ABSENT,
    row.resourceId ?? ABSENT,
    row.outcome,
    row.reason ?? ABSENT,
    row.requestId ?? ABSENT,
    row.address ?? ABSENT,
    details === undefined ? ABSENT : JSON.stringify(details),
  ].join(BETWEEN);
}

const SEALED = [
  'sequence',
  // In microseconds, so that not even a fraction of a millisecond can be changed.
  '(extract(epoch FROM at) * 1000000)::bigint',
  'key_id',
  'actor_id',
  'actor_kind',
  'to_json(actor_roles)',
  'action',
  ...['resource_kind', 'resource_id'].map(orAbsent),
  'outcome',
  ...['reason', 'request_id', 'address', 'details::text'].map(orAbsent),
];

/** `textOfRow` as an expression over the table's columns. */
export const TEXT_OF_ROW = `concat_ws(E'\\x1f', ${SEALED.join(', ')})`;

function orAbsent(expression: string): string {
  return `coalesce(${expression}, E'\\x1e')`;
}

/** What stands first in the text of a row. */
export function headOfText(text: string): { readonly sequence: number; readonly at: number; readonly keyId: string } {
  const [sequence, at, keyId = ''] = text.split(BETWEEN, 3);
  return { sequence: Number(sequence), at: Number(at) / 1000, keyId };
}

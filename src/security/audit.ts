/** The audit log: who did what, in a chain of rows that nobody can change, remove or forge unnoticed. */
import type { JsonObject } from '../plan/json';
import type { Verification } from './audit-verification';

export interface AuditActor {
  /** The id of a key, a token's subject, the name of a part of the platform. */
  readonly id: string;
  /** `key`, `token`, `session`, `agent`, `system`, `anonymous` … */
  readonly kind: string;
  readonly roles: readonly string[];
}

/** `allowed`: was let through, and began. `failed`: then it was not done. `denied`: was not let through. */
export type AuditOutcome = 'allowed' | 'denied' | 'failed';

/** What else is worth knowing, from this list alone: no bodies, no texts of users, no secrets. */
export interface AuditDetails {
  readonly method?: string;
  /** As declared: `/workflows/{name}`. */
  readonly route?: string;
  readonly status?: number;
  readonly version?: string | number;
  readonly count?: number;
  readonly roles?: readonly string[];
  /** Of what was made or used: a key's, an execution's. */
  readonly id?: string;
}

export interface AuditEvent {
  readonly actor: AuditActor;
  /** The name of a permission, or of what happened: `authenticate`. */
  readonly action: string;
  readonly resource?: { readonly kind: string; readonly id?: string };
  readonly outcome: AuditOutcome;
  /** Why it was denied or failed: a problem's type, or another word of a closed list. */
  readonly reason?: string;
  readonly requestId?: string;
  /** Network address of the far side. */
  readonly address?: string;
  readonly details?: AuditDetails;
}

/** An event as it stands in the log. */
export interface AuditRecord extends Omit<AuditEvent, 'details'> {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly details?: JsonObject;
  /** The seal, and which key it was made with. */
  readonly hash: string;
  readonly keyId: string;
}

export interface AuditQuery {
  /** The id of the actor. */
  readonly actor?: string;
  readonly action?: string;
  readonly resource?: { readonly kind: string; readonly id?: string };
  readonly outcome?: AuditOutcome;
  readonly requestId?: string;
  readonly since?: Date;
  /** Before, not at. */
  readonly until?: Date;
  /** Default `newest`. */
  readonly order?: 'newest' | 'oldest';
  /** `next` of the page before. */
  readonly cursor?: string;
  /** From 1 to 1,000; default 100. */
  readonly limit?: number;
}

export interface AuditPage {
  readonly events: readonly AuditRecord[];
  /** Cursor of the next page; absent: there is none. */
  readonly next?: string;
}

export interface AuditLog {
  /**
   * Resolves when the row is on disk. Throws `provider-unavailable` (503) when it cannot be written: whoever is about to act must then
   * not act. Personal data in ids are replaced by placeholders that are the same for the same value.
   */
  record(event: AuditEvent): Promise<void>;
  list(query?: AuditQuery): Promise<AuditPage>;
  /** Walks the whole chain; names the first row that is not what was written. */
  verify(): Promise<Verification>;
  /** Writes what is waiting, and the newest seal to the second place. */
  close(): Promise<void>;
}

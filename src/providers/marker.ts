/** What is left in things made at vendors without idempotency keys, so that a later attempt finds what an earlier one made. */
import { createHash } from 'node:crypto';

/** The same for the same idempotency key; says nothing of it and cannot be guessed without it. */
export function markerOf(idempotencyKey: string): string {
  return `omni-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}`;
}

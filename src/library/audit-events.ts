/** The specification's `getAuditEvents`, on the audit log. */
import { z } from 'zod';
import type { AuditLog, AuditRecord } from '../security/audit';
import { faultsOf, invalid } from './faults';

const MOST = 1_000;

const query = z.strictObject({
  userId: z.string().min(1).optional(),
  action: z.string().min(1).optional(),
  startDate: z.date().optional(),
  endDate: z.date().optional(),
  limit: z.int().min(1).max(MOST).default(100),
});

/** `userId` is the id of an actor; from `startDate` on, and before `endDate`; `limit` from 1 to 1,000, default 100. */
export interface AuditEventQuery {
  readonly userId?: string;
  readonly action?: string;
  readonly startDate?: Date;
  readonly endDate?: Date;
  readonly limit?: number;
}

/** The newest first. Throws `validation` that names what is wrong. */
export async function auditEvents(
  { list }: Pick<AuditLog, 'list'>,
  given: AuditEventQuery = {},
): Promise<readonly AuditRecord[]> {
  const parsed = query.safeParse(given);
  if (!parsed.success) throw invalid('The query', faultsOf(parsed.error));
  const { userId, action, startDate, endDate, limit } = parsed.data;
  const { events } = await list({
    limit,
    ...(userId === undefined ? {} : { actor: userId }),
    ...(action === undefined ? {} : { action }),
    ...(startDate === undefined ? {} : { since: startDate }),
    ...(endDate === undefined ? {} : { until: endDate }),
  });
  return events;
}

/** What a request leaves in the audit log: a row before anything is done, and one more when it then was not done. */
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { AuditActor, AuditEvent, AuditLog } from '../src/security/audit';
import { toProblem } from '../src/plan/problem';
import { recent } from '../src/security/recent';
import type { Answer, Method } from './route';

export interface AuditedCall {
  readonly actor: AuditActor;
  /** Name of the permission that the route asks for. */
  readonly action: string;
  readonly route: { readonly method: Method; readonly path: string };
  readonly request: Request;
}

export interface AuditParts {
  readonly audit: AuditLog;
  readonly logger: Logger;
}

/** A look that was noted is not noted again for this long: who follows an execution looks several times a second. */
const SAME_LOOK_MS = 60_000;

/** Tells whether a look at data is to be noted: the first one of a caller at a place within a minute. */
export function createLooks(now: () => number): (call: AuditedCall) => boolean {
  const noted = recent<true>({ lifeMs: SAME_LOOK_MS, size: 10_000, now });
  return ({ actor, route, request }) => {
    const look = JSON.stringify([actor.id, route.path, request.params]);
    if (noted.get(look)) return false;
    noted.set(look, true);
    return true;
  };
}

/**
 * Runs a handler under the log. Throws `provider-unavailable` (503), and the handler is not run, when the row cannot be written. When the
 * handler throws, or answers with 400 or more, a row with the outcome `failed` follows.
 */
export async function audited<T extends Answer | undefined>(
  parts: AuditParts,
  call: AuditedCall,
  act: () => Promise<T>,
): Promise<T> {
  await parts.audit.record({ ...eventOf(call), outcome: 'allowed' });
  try {
    const answer = await act();
    const status = answer?.status ?? 200;
    if (status >= 400) await recordFailure(parts, call, { reason: 'refused', status });
    return answer;
  } catch (error) {
    const { type, status } = toProblem(error);
    await recordFailure(parts, call, { reason: type, status });
    throw error;
  }
}

/** A request that was not let through: 401, 403 or 429. It is refused in any case, so a row that cannot be written is only logged. */
export async function recordDenial(parts: AuditParts, call: AuditedCall, error: unknown): Promise<void> {
  const { type, status } = toProblem(error);
  await attempt(parts, { ...eventOf(call, status), outcome: 'denied', reason: type });
}

async function recordFailure(
  parts: AuditParts,
  call: AuditedCall,
  { reason, status }: { readonly reason: string; readonly status: number },
): Promise<void> {
  await attempt(parts, { ...eventOf(call, status), outcome: 'failed', reason });
}

/** The answer stands already: that its row is missing is for the process's log. */
async function attempt({ audit, logger }: AuditParts, event: AuditEvent): Promise<void> {
  await audit
    .record(event)
    .catch((error: unknown) => logger.error({ err: error, action: event.action }, 'outcome not in the audit log'));
}

export function eventOf({ actor, action, route, request }: AuditedCall, status?: number): Omit<AuditEvent, 'outcome'> {
  const { method, path } = route;
  return {
    actor,
    action,
    ...resourceOf(path, request.params),
    ...(typeof request.id === 'string' ? { requestId: request.id } : {}),
    ...(request.ip === undefined ? {} : { address: request.ip }),
    details: { method: method.toUpperCase(), route: path, ...(status === undefined ? {} : { status }) },
  };
}

/** `/executions/{id}/cancel` is about one of the `executions`, whose id is all of the address's parameters. */
function resourceOf(path: string, params: Request['params']): Pick<AuditEvent, 'resource'> {
  const parts = path.split('/').filter((part) => part !== '');
  const first = parts.findIndex((part) => part.startsWith('{'));
  const kind = parts[first === -1 ? parts.length - 1 : first - 1];
  if (kind === undefined) return {};
  const id = Object.values(params).flat().join('/');
  return { resource: { kind, ...(id === '' ? {} : { id }) } };
}

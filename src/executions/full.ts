/** Says no at once to a start that its definition's `concurrency` would refuse. The execution's own turn decides; this only spares a start. */
import type { Client } from '@temporalio/client';
import { canonical } from '../plan/json';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import { render } from '../plan/template';
import { fullDetail, HOLDERS_QUERY } from '../plan/turn';
import { stillRunning, turnLockId } from '../temporal/turn-lock';
import type { StartRequest } from './start';

/** Throws `conflict`. */
export async function refuseWhenFull(client: Client, request: StartRequest): Promise<void> {
  const { id, concurrency } = request.plan;
  if (concurrency?.whenFull !== 'refuse') return;
  const key = keyOf(request);
  if (key === undefined) return;
  const running = await stillRunning(client, await holdersOf(client, turnLockId(id, key)));
  if (running.length >= concurrency.limit)
    throw new OmniError('conflict', fullDetail({ definition: id, limit: concurrency.limit }), {
      data: { executions: [...running] },
    });
}

/** Undefined where only the execution can tell. */
function keyOf({ plan, payload, context, snapshot }: StartRequest): string | undefined {
  const { key } = plan.concurrency ?? {};
  if (key === undefined) return canonical(null);
  const unknown = (): never => {
    throw new OmniError('expression', 'The key depends on the execution itself.');
  };
  const roots: Record<string, Json> = {
    trigger: { payload, context },
    flags: snapshot.flags,
    settings: snapshot.settings,
  };
  try {
    return canonical(render(key, { roots, uuid: unknown, now: unknown }) ?? null);
  } catch {
    return undefined;
  }
}

/** None where the lock cannot be asked: then the execution finds out. */
async function holdersOf(client: Client, lock: string): Promise<readonly string[]> {
  try {
    const handle = client.workflow.getHandle(lock);
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? await handle.query<readonly string[]>(HOLDERS_QUERY) : [];
  } catch {
    return [];
  }
}

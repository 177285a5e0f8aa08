/** Tells what became of an alert by the actions that its event names, and writes down whether that is to be tried again. */
import type { Logger } from 'pino';
import type { EmittedEvent } from '../plan/emit';
import type { Json, JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { AlertEventRow, AlertTable } from '../store/alert-table';

/** Sends one; throws what went wrong. `id` is the same at each try. */
export type SendWebhook = (message: { readonly id: string; readonly body: JsonObject }) => Promise<void>;

/** Starts what listens to a CloudEvent. Throws `validation` when there are definitions that listen, but none that the data fit. */
export type TellEvent = (request: { readonly event: EmittedEvent; readonly data: Json }) => Promise<unknown>;

export interface Tellers {
  /** Absent: there is nowhere to send them to. */
  readonly webhook?: SendWebhook;
  /** Starts each definition at most once however often it is told; absent: nothing listens. */
  readonly notify?: TellEvent;
}

export interface TellingParts extends Tellers {
  readonly table: Pick<AlertTable, 'undelivered' | 'settle'>;
  readonly home: string;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Waits between tries; after the last one nobody tries any more. */
const AGAIN_AFTER_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 3 * 3_600_000, 6 * 3_600_000] as const;

/** Gives what tells the event of that number, if that is still to be done. */
export function telling({ table, home, logger, ...tellers }: TellingParts): (seq: string) => Promise<void> {
  return async (seq) => {
    const row = await table.undelivered(home, seq);
    if (row === undefined) return;
    const faults = await tell(row, tellers);
    if (faults.length === 0) return table.settle(home, seq);
    // Definitions that the data do not fit will not fit later.
    const again = faults.some(({ problem }) => problem.type !== 'validation');
    const againInMs = again ? AGAIN_AFTER_MS[row.delivery?.tries ?? 0] : undefined;
    const error = faults.map(({ message }) => message).join(' ');
    logger.warn({ alert: row.id, error }, againInMs === undefined ? 'alert not told, given up' : 'alert not told');
    return table.settle(home, seq, { error, ...(againInMs !== undefined && { againInMs }) });
  };
}

/** What fails does not keep the other from being tried. */
async function tell(
  { seq, id, at, event }: AlertEventRow,
  { webhook = nowhere, notify }: Tellers,
): Promise<readonly OmniError[]> {
  const actions = event['actions'] as readonly string[];
  const type = `alert.${event['state'] as string}`;
  const time = at.toISOString();
  const alert = { id, ...event };
  const name = `alert_${seq}`;
  const envelope = { specversion: '1.0', id: name, source: `/monitoring/alerts/${id}`, time, omnidepth: 1 } as const;
  const told = await Promise.allSettled([
    actions.includes('notify') && notify?.({ event: { ...envelope, type: `omni.${type}` }, data: { alert } }),
    actions.includes('webhook') && webhook({ id: name, body: { type, timestamp: time, data: alert } }),
  ]);
  return told.flatMap((one) => (one.status === 'rejected' ? [faultOf(one.reason)] : []));
}

const nowhere: SendWebhook = () =>
  Promise.reject(new OmniError('provider-unavailable', 'ALERT_WEBHOOK_URL is not set for the worker that sends.'));

function faultOf(error: unknown): OmniError {
  return error instanceof OmniError
    ? error
    : new OmniError('internal', 'The alert could not be told.', { cause: error });
}

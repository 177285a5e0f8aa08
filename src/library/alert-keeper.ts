/** Puts the Temporal Schedule in place that looks at alerts, one for the installation however many processes ask for it, and says what its rounds do. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Alerts } from '../monitoring/alerts';
import { forgetRounds, putAlertSchedule } from '../temporal/alert-schedule';

export interface AlertKeeperParts {
  readonly client: Client;
  /** The engine's. */
  readonly taskQueue: string;
  readonly logger: Logger;
}

const AGAIN_MS = 30_000;

/** What goes wrong is logged and tried again. */
export function keepAlerts({ client, taskQueue, logger }: AlertKeeperParts): { stop(): Promise<void> } {
  let trying: Promise<void> | undefined;
  const put = (): void => {
    trying ??= putAlertSchedule(client, taskQueue)
      .then(() => clearInterval(timer))
      .catch((error: unknown) => logger.warn({ error }, 'alerts are not scheduled'))
      .finally(() => (trying = undefined));
  };
  const timer = setInterval(put, AGAIN_MS).unref();
  put();
  return {
    async stop() {
      clearInterval(timer);
      await trying;
    },
  };
}

/** What the activities of a round do. It deletes the rounds before it: what these have found stands in the database. */
export function alertRounds(
  alerts: Alerts,
  { client, taskQueue, logger }: AlertKeeperParts,
): Pick<Alerts, 'look' | 'send'> {
  return {
    async look() {
      const due = await alerts.look();
      await forgetRounds(client, taskQueue).catch((error: unknown) =>
        logger.warn({ error }, 'ended rounds of alerts not deleted'),
      );
      return due;
    },
    send: (seq) => alerts.send(seq),
  };
}

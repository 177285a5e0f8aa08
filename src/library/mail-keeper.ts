/** Lets a process look after the ledger of messages for as long as it lives. */
import type { Logger } from 'pino';
import type { AgentMessages } from '../agents/messages';

export interface MailKeeperParts {
  readonly messages: Pick<AgentMessages, 'tend'>;
  /** Rows of messages that are over are kept for so long. */
  readonly keepMs: number;
  readonly logger: Logger;
}

const EVERY_MS = 30_000;

/** What goes wrong is logged, and tried again at the next look. */
export function keepMail({ messages, keepMs, logger }: MailKeeperParts): { stop(): Promise<void> } {
  let tending: Promise<void> | undefined;
  const timer = setInterval(() => {
    tending ??= messages
      .tend(keepMs)
      .catch((error: unknown) => logger.warn({ err: error }, 'messages of agents not looked after'))
      .finally(() => (tending = undefined));
  }, EVERY_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await tending;
    },
  };
}

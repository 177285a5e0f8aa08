/** Lets Temporal's schedules follow the definitions for as long as a process lives: at its start, and whenever one has changed. */
import type { Logger } from 'pino';
import type { Catalogue, CatalogueEntry } from '../catalogue/catalogue';
import type { Schedules } from '../executions/schedules';
import { OmniError } from '../plan/problem';

export interface KeeperParts {
  readonly catalogue: Pick<Catalogue, 'list'>;
  readonly schedules: Pick<Schedules, 'sync'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds between two looks; default 10 s. */
  readonly everyMs?: number;
}

/** A file that was edited, a definition that another process published, a Temporal server that was away: within so long. */
const EVERY_MS = 10_000;

/** What goes wrong is logged, and tried again at the next look. */
export function keepSchedules({ catalogue, schedules, logger, everyMs = EVERY_MS }: KeeperParts): {
  stop(): Promise<void>;
} {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      for (const fault of await schedules.sync(await catalogue.list())) logger.warn(fault, 'schedule not in step');
    } catch (error) {
      logger.warn({ error }, 'schedules not in step');
    }
    if (!stopped) timer = setTimeout(again, everyMs).unref();
  };
  const again = (): void => {
    looking = look();
  };
  let looking = look();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Puts the schedule of what was just published in step. Its failure says that the definition counts even so. */
export async function followPublished(schedules: Pick<Schedules, 'put'>, { id, plan }: CatalogueEntry): Promise<void> {
  if (plan === undefined) return;
  try {
    await schedules.put(plan);
  } catch (error) {
    if (!(error instanceof OmniError)) throw error;
    const { type, detail } = error.problem;
    throw new OmniError(
      type,
      `Version ${plan.version} of ${id} is published, but its schedule is not in step yet: ${detail} It is tried again every ${EVERY_MS / 1000} s.`,
      { cause: error },
    );
  }
}

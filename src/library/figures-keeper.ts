/** Shows numbers of the whole installation in a process's metrics: open executions, sign-ins, its connections to the database. */
import type { Executions } from '../executions/executions';
import type { Metrics } from '../monitoring/metrics';
import type { Store } from '../store/store';

export interface FigureParts {
  readonly metrics: Metrics;
  readonly executions: Pick<Executions, 'count'>;
  readonly store: Pick<Store, 'sessions' | 'connections'>;
}

/** Whoever reads the metrics more often gets the figures of the last look. */
const FRESH_MS = 10_000;

/** For processes that answer people; workers show themselves alone. */
export function showInstallation({ metrics, executions, store }: FigureParts): void {
  let lookedAt = 0;
  metrics.beforeRead(async () => {
    if (Date.now() - lookedAt < FRESH_MS) return;
    lookedAt = Date.now();
    const [open, sessions] = await Promise.all([executions.count(), store.sessions.count()]);
    metrics.set('orchestrator_executions_running', {}, open.running);
    metrics.set('orchestrator_human_tasks_waiting', {}, open.waiting);
    metrics.set('orchestrator_sessions_active', {}, sessions);
  });
}

/** For every process. */
export function showConnections({ metrics, store }: Omit<FigureParts, 'executions'>): void {
  metrics.beforeRead(() => {
    const { used, idle, waiting } = store.connections();
    metrics.set('orchestrator_database_connections', { state: 'used' }, used);
    metrics.set('orchestrator_database_connections', { state: 'idle' }, idle);
    metrics.set('orchestrator_database_connections', { state: 'awaited' }, waiting);
  });
}

/** `npm run worker -- <role>`: one worker process, with a port for probes and metrics. */
import { loadConfig } from '../src/config';
import { startHealthServer } from '../src/monitoring/health-server';
import { createLogger } from '../src/monitoring/logger';
import { OmniError } from '../src/plan/problem';
import { openPlatform } from '../src/platform';
import { createSentrySender } from '../src/providers/sentry';
import { stopSignal } from '../src/stop-signal';

const ROLES = ['engine', 'agent'] as const;

/** Works until it is asked to stop, then takes no new work, lets running calls finish and ends. A second signal ends at once. */
export async function main(args: readonly string[]): Promise<void> {
  const role = args.find((argument) => !argument.startsWith('-'));
  requireEngine(role);
  const asked = stopSignal();
  const config = loadConfig();
  const logger = createLogger(config.logLevel, 'engine', {
    send: createSentrySender(config.variables),
    variables: config.variables,
  });
  const platform = await openPlatform(config, { logger, servers: 'join' });
  let code = 0;
  try {
    const engine = await platform.startEngine();
    const { worker } = engine;
    platform.metrics.gauge(
      'orchestrator_workflow_tasks_running',
      'Workflow tasks under way',
      () => worker.getStatus().numInFlightWorkflowActivations,
    );
    platform.metrics.gauge(
      'orchestrator_calls_running',
      'Calls of tools under way',
      () => worker.getStatus().numInFlightActivities,
    );
    const health = await startHealthServer({
      ...config.worker,
      healthy: () => worker.getState() !== 'FAILED',
      ready: async () => {
        if (worker.getState() !== 'RUNNING') throw new OmniError('provider-unavailable', 'The worker is not running.');
        await platform.store.ping();
      },
      metrics: platform.metrics,
    });
    process.stdout.write(
      `Engine worker on task queue ${config.temporal.taskQueue}; ${health.url}/readyz, ${health.url}/metrics\n`,
    );
    for (const provider of platform.registry.providers())
      provider.warm?.().catch((error: unknown) => logger.warn({ provider: provider.name, error }, 'engines not warm'));
    await Promise.race([asked, engine.ended]);
    await engine.stop();
    await health.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    code = 1;
  }
  await platform.close();
  process.exit(code);
}

function requireEngine(role: string | undefined): void {
  if (role === 'engine') return;
  const known = `Roles: ${ROLES.join(', ')}.`;
  if (role === 'agent') throw new OmniError('validation', `Agent workers come in a later version. ${known}`);
  throw new OmniError(
    'validation',
    role === undefined ? `Name a role: npm run worker -- engine. ${known}` : `There is no role ${role}. ${known}`,
  );
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof OmniError ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  });

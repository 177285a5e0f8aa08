/** `npm run worker -- <role>`: one worker process, with a port for probes and metrics. */
import { loadConfig } from '../src/config';
import { platformHealth } from '../src/library/platform-health';
import { startHealthServer } from '../src/monitoring/health-server';
import { createLogger } from '../src/monitoring/logger';
import { OmniError } from '../src/plan/problem';
import type { Platform } from '../src/platform';
import { openPlatform } from '../src/platform';
import { createSentrySender } from '../src/providers/sentry';
import { stopSignal } from '../src/stop-signal';
import { agentArguments } from './agent-arguments';

interface Running {
  /** `engine`, or an agent's id. */
  readonly name: string;
  /** Role, name and queue, for people. */
  readonly what: string;
  readonly ended: Promise<void>;
  readonly healthy: () => boolean;
  readonly running: () => boolean;
  stop(): Promise<void>;
}

type Start = (platform: Platform) => Promise<Running>;

/** By role: reads the rest of the command line, and gives what starts the worker. */
const ROLES: Readonly<Record<string, (args: readonly string[]) => Start>> = {
  engine: () => startEngine,
  agent: (args) => {
    const { type, wish } = agentArguments(args);
    return async (platform) => {
      const agent = await platform.startAgent(type, wish);
      const { id, pool, ended } = agent;
      return {
        name: id,
        what: `Agent ${id} of the type ${type}, pool ${pool}`,
        ended,
        healthy: () => true,
        running: () => agent.running(),
        stop: () => agent.stop(),
      };
    };
  },
};

/** Works until it is asked to stop, then takes no new work, lets running calls finish and ends. A second signal ends at once. */
export async function main(args: readonly string[]): Promise<void> {
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  const role = args[at] ?? '';
  const start = starterOf(role, args.toSpliced(at, 1));
  const asked = stopSignal();
  const config = loadConfig();
  const logger = createLogger(config.logLevel, role, {
    send: createSentrySender(config.variables),
    variables: config.variables,
  });
  const platform = await openPlatform(config, { logger, servers: 'join' });
  let code = 0;
  try {
    const worker = await start(platform);
    const health = await startHealthServer({
      ...config.worker,
      healthy: worker.healthy,
      health: platformHealth(platform, { only: worker }),
      metrics: platform.metrics,
    });
    process.stdout.write(`${worker.what}; ${health.url}/readyz, ${health.url}/metrics\n`);
    await Promise.race([asked, worker.ended]);
    await worker.stop();
    await health.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    code = 1;
  }
  await platform.close();
  process.exit(code);
}

async function startEngine(platform: Platform): Promise<Running> {
  const { config, metrics, registry, logger } = platform;
  const engine = await platform.startEngine();
  const { worker, ended } = engine;
  metrics.gauge('orchestrator_workflow_tasks_running', () => worker.getStatus().numInFlightWorkflowActivations);
  metrics.gauge('orchestrator_calls_running', () => worker.getStatus().numInFlightActivities);
  for (const provider of registry.providers())
    provider.warm?.().catch((error: unknown) => logger.warn({ provider: provider.name, error }, 'engines not warm'));
  return {
    name: 'engine',
    what: `Engine worker on task queue ${config.temporal.taskQueue}`,
    ended,
    healthy: () => worker.getState() !== 'FAILED',
    running: engine.running,
    stop: () => engine.stop(),
  };
}

function starterOf(role: string, args: readonly string[]): Start {
  const known = `Roles: ${Object.keys(ROLES).join(', ')}.`;
  const starter = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (starter !== undefined) return starter(args);
  throw new OmniError(
    'validation',
    role === '' ? `Name a role: npm run worker -- engine. ${known}` : `There is no role ${role}. ${known}`,
  );
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof OmniError ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  });

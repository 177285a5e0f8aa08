// An engineer as a process of its own, as built, to be killed: each task has one effect outside, at EFFECTS_URL.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const built = (file) => createRequire(import.meta.url)(`../../dist/${file}.js`);
const { createAgentRegistry } = built('src/agents/registry');
const { openStore } = built('src/store/store');
const { homeOf } = built('src/store/kept-execution-table');
const { connectWorker } = built('src/temporal/connection');
const { ToolRegistry } = built('src/tools/registry');
const { createLogger } = built('src/monitoring/logger');
const { prepareRuntime } = built('workers/engine');
const { startAgentWorker } = built('workers/agent');
const { z } = createRequire(import.meta.url)('zod');

const {
  EFFECTS_URL,
  AGENT_TYPE,
  AGENT_SLOTS,
  TEMPORAL_ADDRESS,
  TEMPORAL_TASK_QUEUE: taskQueue,
  DATABASE_URL,
} = process.env;
const namespace = 'default';
const logger = createLogger('warn', 'agent');
prepareRuntime(logger);
const store = openStore(DATABASE_URL);

const act = {
  description: 'Has an effect.',
  input: z.object({ priority: z.string() }),
  output: z.object({ by: z.string() }),
  async run({ priority }, { key, agentId, signal }) {
    const headers = { 'idempotency-key': key, 'x-agent': agentId, 'x-priority': priority };
    const answer = await fetch(EFFECTS_URL, { method: 'POST', headers, signal });
    if (!answer.ok) throw new Error(`effect ${answer.status}`);
    return { output: { by: agentId } };
  },
};

const agent = await startAgentWorker({
  type: { type: AGENT_TYPE, description: 'Acts.', capabilities: { act } },
  wish: { concurrency: Number(AGENT_SLOTS) },
  connection: await connectWorker({ address: TEMPORAL_ADDRESS, namespace }),
  namespace,
  taskQueue,
  registry: createAgentRegistry(store, homeOf(namespace, taskQueue)),
  tools: new ToolRegistry([], []),
  store,
  owner: randomUUID(),
  build: 'test',
  logger,
});
console.log(`agent ${agent.id}`);
process.once('SIGTERM', () => void agent.stop().then(() => process.exit(0)));

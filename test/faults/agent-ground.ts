/** Agents as processes of their own, tasks for them, and an outside that sees each effect begin and end. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { AgentTaskRequest, Priority } from '../../src/plan/agent';
import { AGENT_TASK_TYPE, agentTaskWorkflowId } from '../../src/plan/agent';
import { testEngine } from '../integration/engine';
import { testDatabaseUrl, testTemporalAddress } from '../support';
import { build } from './worker';

export interface Effect {
  readonly key: string;
  readonly agent: string;
  readonly priority: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type AgentGround = Awaited<ReturnType<typeof agentGround>>;

/** `tookMs`: what an effect takes outside. */
export async function agentGround(tookMs: () => number) {
  build();
  const type = `engineer-${randomUUID().slice(0, 8)}`;
  const engine = await testEngine({ providers: [] });
  const { taskQueue, client } = engine;
  const effects: Effect[] = [];
  const requests: string[] = [];
  const open = new Map<string, number>();
  const most = new Map<string, number>();
  const server = createServer((request, response) => {
    const {
      'idempotency-key': key,
      'x-agent': agent,
      'x-priority': priority,
    } = request.headers as Record<string, string>;
    if (key === undefined || agent === undefined || priority === undefined) return response.writeHead(400).end();
    requests.push(key);
    open.set(agent, (open.get(agent) ?? 0) + 1);
    most.set(agent, Math.max(most.get(agent) ?? 0, open.get(agent) ?? 0));
    response.once('close', () => open.set(agent, (open.get(agent) ?? 0) - 1));
    // Whoever asks twice with a key has the effect of the first time.
    if (!effects.some((effect) => effect.key === key)) effects.push({ key, agent, priority, at: Date.now() });
    return void sleep(tookMs()).then(() => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const environment = {
    EFFECTS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AGENT_TYPE: type,
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    DATABASE_URL: await testDatabaseUrl(),
  };
  const ends: (() => void)[] = [];
  return {
    engine,
    effects,
    requests,
    /** Effects under way by agent: now, and at most so far. */
    open,
    most,
    /** Resolves when it takes tasks. */
    startAgent(slots: number): Promise<{ readonly id: string; kill(): void }> {
      const script = path.join(__dirname, 'agent-process.mjs');
      const env = { ...process.env, ...environment, AGENT_SLOTS: String(slots) };
      const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      ends.push(() => child.kill('SIGKILL'));
      return new Promise((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          const [, id] = /^agent (\S+)$/m.exec(chunk.toString()) ?? [];
          if (id !== undefined) resolve({ id, kill: () => void child.kill('SIGKILL') });
        });
        child.once('exit', (code) => reject(new Error(`The agent ended with ${code}.`)));
      });
    },
    startTask(priority: Priority): Promise<WorkflowHandle> {
      const taskId = randomUUID();
      const request: AgentTaskRequest = {
        taskId,
        key: taskId,
        agent: type,
        capability: 'act',
        priority,
        input: { priority },
        retry: { maxAttempts: 4, initialIntervalMs: 50, backoff: 1, maxIntervalMs: 50 },
        context: {},
        parent: { executionId: taskId, depth: 1, remaining: {} },
        terms: { waitMs: 600_000 },
      };
      return client.workflow.start(AGENT_TASK_TYPE, {
        taskQueue,
        workflowId: agentTaskWorkflowId(taskId),
        args: [request],
      });
    },
    async close() {
      for (const end of ends) end();
      server.close();
      server.closeAllConnections();
      await engine.close();
    },
  };
}

/** Waits until it is true; fails after two minutes. */
export async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > 120_000) throw new Error(`still not: ${holds.toString()}`);
    await sleep(50);
  }
}

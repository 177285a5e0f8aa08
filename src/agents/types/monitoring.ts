/** `monitoring`: how agents, their tasks and executions are, and what waits for whom. */
import { z } from 'zod';
import { defineCapability } from '../capability';
import type { AgentFigureBook } from '../figures';
import type { AgentRegistry } from '../registry';

/** Where it looks. */
export interface Outlook {
  readonly agents: {
    readonly registry: Pick<AgentRegistry, 'list'>;
    readonly figures: Pick<AgentFigureBook, 'metrics' | 'waiting'>;
  };
  /** The newest of each, at most `limit` of them. */
  executions(which: 'running' | 'failed', since: Date, limit: number): Promise<readonly ExecutionLine[]>;
  /** What people are asked. */
  questions(): Promise<readonly QuestionLine[]>;
  readonly now: () => number;
}

export interface ExecutionLine {
  readonly executionId: string;
  readonly workflow: string;
  readonly status: string;
  readonly startedAt: string;
}

export interface QuestionLine {
  readonly id: string;
  readonly workflow: string;
  readonly step: string;
  readonly roles: readonly string[];
  readonly openedAt: string;
}

/** More are counted as so many. */
const LIMIT = 200;
const HOUR_MS = 3_600_000;

const counts = z.record(z.string(), z.number());
const agentLine = z.object({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  inFlight: z.number(),
  maxConcurrency: z.number(),
});
const typeLine = z.object({
  type: z.string(),
  completed: z.number(),
  failed: z.number(),
  rejected: z.number(),
  costUsd: z.number(),
  lastError: z.string().optional(),
});
const waiting = z.object({
  what: z.string().describe('Id of the task or of the question.'),
  kind: z.enum(['agent-task', 'human-task']),
  since: z.string(),
  why: z.string(),
});

export const monitoring = (outlook: Outlook) =>
  defineCapability({
    description: 'Reports how agents, tasks and executions are: counts, failures, what waits and why.',
    input: z.strictObject({
      hours: z.number().min(1).max(168).default(24).describe('How far back it looks at what has ended.'),
    }),
    output: z.object({
      agents: z.object({ total: z.number(), byStatus: counts, list: z.array(agentLine) }),
      tasks: z.array(typeLine).describe('By type of agent, of those that ended in this time.'),
      executions: z.object({
        running: z.number().describe(`At most ${LIMIT}.`),
        failed: z.number().describe(`At most ${LIMIT}.`),
        failures: z.array(z.object({ executionId: z.string(), workflow: z.string(), startedAt: z.string() })),
      }),
      waiting: z.array(waiting),
    }),
    async run({ hours }) {
      const since = new Date(outlook.now() - hours * HOUR_MS);
      const { registry, figures } = outlook.agents;
      const [agents, { types }, tasks, running, failed, questions] = await Promise.all([
        registry.list(),
        figures.metrics({ withinMs: hours * HOUR_MS }),
        figures.waiting(),
        outlook.executions('running', since, LIMIT),
        outlook.executions('failed', since, LIMIT),
        outlook.questions(),
      ]);
      const list = agents.map(({ id, type, status, maxConcurrency, heard }) => ({
        id,
        type,
        status,
        inFlight: heard?.inFlight ?? 0,
        maxConcurrency,
      }));
      return {
        output: {
          agents: { total: list.length, byStatus: tally(list.map(({ status }) => status)), list },
          tasks: types.map(({ type, completed, failed: lost, rejected, costUsd, lastError }) => ({
            type,
            completed,
            failed: lost,
            rejected,
            costUsd,
            lastError: lastError?.type,
          })),
          executions: {
            running: running.length,
            failed: failed.length,
            failures: failed
              .slice(0, 20)
              .map(({ executionId, workflow, startedAt }) => ({ executionId, workflow, startedAt })),
          },
          waiting: [
            ...tasks.map(({ taskId, capability, since: from, agent, reason = 'it has just been asked for' }) => {
              const status = agents.find(({ id }) => id === agent)?.status;
              const why = status === undefined ? `: ${reason}.` : ` for ${agent}, which is ${status}.`;
              return { what: taskId, kind: 'agent-task', since: from.toISOString(), why: `${capability} waits${why}` };
            }),
            ...questions.map(({ id, workflow, step, roles, openedAt }) => ({
              what: id,
              kind: 'human-task',
              since: openedAt,
              why: `${step} of ${workflow} waits for ${roles.length === 0 ? 'anyone' : roles.join(', ')}.`,
            })),
          ],
        },
      };
    },
  });

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const word of words) found[word] = (found[word] ?? 0) + 1;
  return found;
}

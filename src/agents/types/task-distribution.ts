/** `task_distribution`: gives the tasks of a goal to other agents, by the definition `distribute-goal`. */
import { z } from 'zod';
import { isObject } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import { defineCapability } from '../capability';
import type { TaskRunner } from './workflow-execution';
import { runForTask } from './workflow-execution';

export const DISTRIBUTION = 'distribute-goal';

const result = z.object({
  id: z.string(),
  capability: z.string(),
  status: z.enum(['completed', 'failed', 'skipped']).describe('`skipped`: a task before it has failed.'),
  output: z.json().optional(),
  error: z.object({ type: z.string(), detail: z.string() }).optional(),
});
const outcome = z.object({
  done: z.boolean().describe('Whether all of them are completed.'),
  completed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  results: z.array(result).describe('As they ended.'),
});

export const taskDistribution = (runner: TaskRunner) =>
  defineCapability({
    description: 'Gives the tasks of a goal to the agents that can do them, and collects what came of each.',
    input: z.strictObject({
      goal: z.string().min(1).max(2_000).describe('What the tasks are for.'),
      tasks: z
        .array(
          z.strictObject({
            id: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/),
            capability: z.string().min(1),
            payload: z.record(z.string(), z.json()).default({}).describe('The input of the capability.'),
            after: z.array(z.string()).default([]).describe('Ids of tasks that must be completed before.'),
          }),
        )
        .min(1)
        .max(50),
    }),
    output: outcome.extend({ executionId: z.string().describe('The execution that did it.'), goal: z.string() }),
    async run({ goal, tasks }, call) {
      const wanted = { workflow: DISTRIBUTION, payload: { goal, tasks }, context: call.context };
      const { output, usage } = await runForTask(runner, wanted, { call });
      const { executionId, output: told } = isObject(output) ? output : {};
      const parsed = outcome.safeParse(told);
      if (!parsed.success)
        throw new OmniError(
          'tool-error',
          `The definition ${DISTRIBUTION} is not the one that came with this program: its output says nothing of results. Publish that one under this id.`,
          { retryable: false },
        );
      return { output: { executionId, goal, ...parsed.data }, ...(usage && { usage }) };
    },
  });

/** Shapes of what agents are asked to do, as the API speaks them. */
import { z } from 'zod';
import { TASK_STATES } from '../src/plan/agent';
import { AnyJson, ProblemSchema } from './schemas';

const time = z.iso.datetime().describe('ISO 8601');

const SUMMARY = {
  id: z.string(),
  type: z.string().optional().describe('Type of the agent that was asked for; absent: any'),
  capability: z.string(),
  priority: z.string(),
  state: z.enum(TASK_STATES),
  reason: z.string().optional().describe('Why: `no_agent_available`, `deadline_exceeded`, `cancel_requested`, …'),
  description: z.string().optional(),
  agent: z.string().optional().describe('Id of the agent that works on it, or did'),
  pool: z.string().optional(),
  parent: z.string().optional().describe('The execution whose step asks'),
  requestedBy: z.string().optional(),
  submittedAt: time,
  startedAt: time.optional().describe('An agent began'),
  endedAt: time.optional(),
  deadline: time.optional(),
  attempts: z.number().int(),
  usage: z.object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().describe('US dollars'),
  }),
  links: z.object({ self: z.string(), cancel: z.string(), execution: z.string() }),
};
export const AgentTaskSummarySchema = z.object(SUMMARY).meta({ id: 'AgentTaskSummary' });

export const AgentTaskSchema = z
  .object({
    ...SUMMARY,
    decision: AnyJson.optional().describe('Who was chosen last, with `reason`, and how the others did'),
    output: AnyJson.optional(),
    error: ProblemSchema.optional(),
    byHand: z.string().optional().describe('The execution that asks people instead'),
    cancelled: z.object({ detail: z.string() }).optional().describe('Words of whoever cancelled it'),
  })
  .meta({ id: 'AgentTask' });

export const StartedAgentTaskSchema = z
  .object({ taskId: z.string(), links: SUMMARY.links })
  .meta({ id: 'AcceptedAgentTask', description: 'It is under way.' });

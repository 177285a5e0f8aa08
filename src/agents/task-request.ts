/** What a task is asked for with. */
import { z } from 'zod';
import type { Priority } from '../plan/agent';
import { PRIORITY_KEYS } from '../plan/agent';
import { parseDuration } from '../plan/duration';
import type { Json, JsonSchema } from '../plan/json';

const PRIORITIES = Object.keys(PRIORITY_KEYS) as Priority[];

/** As definitions write types and pools. */
const word = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens');
const capability = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits and _ . -, beginning with a letter');
const role = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'is no role');
const agentId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'is no id of an agent');

/** No dots: ids of what steps ask for have them. */
export const TaskId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must be letters, digits, _ and -, 100 at most');

export const NewAgentTask = z.strictObject({
  id: TaskId.optional().describe('The same id and content always mean the same task; default: made here'),
  type: word.optional().describe('Type of the agent; default: any that can do it'),
  capability: capability.describe('What is to be done: `workflow_execution`'),
  description: z.string().min(1).max(2000).describe('What is to be done, for people'),
  payload: (z.unknown() as z.ZodType<Json>).default({}).describe('What the agent is given'),
  priority: z.enum(PRIORITIES).default('normal'),
  deadline: z.iso.datetime({ offset: true }).optional().describe('ISO 8601; then the task ends as `timeout`'),
  wait: z
    .string()
    .refine((text) => parseDuration(text) !== undefined, 'is no duration such as 30s or 12h')
    .optional()
    .describe('For how long it waits for an agent; default: until the deadline, else `24h`'),
  to: agentId.optional().describe('Id of the one agent that may take it'),
  pool: word.optional(),
  requires: z.array(capability).min(1).max(20).optional().describe('What the agent must be able to do beside'),
  otherwise: z
    .union([z.strictObject({ agent: word }), z.strictObject({ human: z.array(role).max(20) })])
    .optional()
    .describe('Who gets it when the wait is over: agents of another type, or people; default: it is rejected'),
  output: (z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonSchema>)
    .optional()
    .describe('JSON Schema of the output, which is the form when people do it'),
  context: (z.unknown() as z.ZodType<Json>).default({}),
  tenant: z.string().min(1).max(200).optional().describe('On whose behalf; default: whoever asks'),
  attempts: z.int().min(1).max(20).default(3).describe('How often it is given to an agent when attempts fail'),
  budget: z
    .strictObject({ maxTokens: z.int().min(1).optional(), maxCostUsd: z.number().positive().optional() })
    .optional()
    .describe('What the agent may spend'),
});

/** As the API and the library take it. */
export type AgentTaskWish = z.input<typeof NewAgentTask>;
export type AgentTaskOrder = z.output<typeof NewAgentTask>;

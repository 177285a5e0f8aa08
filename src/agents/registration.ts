/** What an agent is registered with, in the specification's shape. */
import { z } from 'zod';
import { PRIORITY_KEYS } from '../plan/agent';
import type { JsonObject } from '../plan/json';
import { isKept } from '../store/kept-text';
import type { AgentDefinition } from './agent';
import { SET_STATUSES } from './agent';
import { LONGEST_OVERRIDE_MS } from './status';

const PRIORITIES = Object.keys(PRIORITY_KEYS) as (keyof typeof PRIORITY_KEYS)[];

/** What stands here came out of a JSON parser, or becomes JSON when it is kept. */
export const AgentData = z
  .record(z.string(), z.unknown())
  .refine(isKept, 'holds a character that cannot be stored') as z.ZodType<JsonObject>;

/** As definitions write the type of an agent and a capability. */
const lowerWord = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, beginning with a letter');
const capability = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits and _ . -, beginning with a letter');

const agentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits and _ . -, such as manager-001');

export const AgentRegistration = z.strictObject({
  id: agentId,
  name: z.string().min(1).max(200).refine(isKept, 'holds a character that cannot be stored').describe('For people'),
  type: lowerWord.describe('`manager`: whose queue it works on'),
  pool: lowerWord.default('default').describe('Agents of a type that are to be told apart work in pools of their own'),
  capabilities: z
    .array(capability)
    .min(1)
    .max(100)
    .refine((names) => new Set(names).size === names.length, 'names a capability twice'),
  maxConcurrency: z.int().min(1).max(1000).default(1).describe('Tasks that it works on at once'),
  priority: z
    .enum(PRIORITIES)
    .default('normal')
    .describe('Of two that could take a task, the one of higher priority does'),
  config: AgentData.default({}).describe('For its worker; no place for keys, whoever may read agents reads it'),
  metadata: AgentData.default({}).describe('For people and lists'),
}) satisfies z.ZodType<AgentDefinition, unknown>;

/** What `registerAgent` takes: what may be left out has a default. */
export type NewAgent = Pick<AgentDefinition, 'id' | 'name' | 'type' | 'capabilities'> & Partial<AgentDefinition>;

/** A status as it is set; `forMs`: milliseconds. */
export const StatusRequest = z.strictObject({
  status: z.enum(SET_STATUSES),
  metadata: AgentData.default({}),
  forMs: z.int().min(1).max(LONGEST_OVERRIDE_MS).optional(),
});

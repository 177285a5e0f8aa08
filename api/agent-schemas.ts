/** Shapes of agents and of how their work went, as the API speaks them. */
import { z } from 'zod';
import { SET_STATUSES } from '../src/agents/agent';
import { AgentRegistration } from '../src/agents/registration';
import { STATUSES } from '../src/agents/status';
import type { JsonObject } from '../src/plan/json';
import { AnyJson } from './schemas';

const time = z.iso.datetime().describe('ISO 8601');
const count = z.number().int();
const data = z.record(z.string(), AnyJson) as z.ZodType<JsonObject>;

export const AgentSchema = z
  .object({
    ...AgentRegistration.shape,
    pool: z.string(),
    maxConcurrency: count,
    config: data,
    metadata: data,
    version: count.describe('Counts registrations that changed something'),
    registeredAt: time,
    updatedAt: time,
    status: z.enum(STATUSES).describe('What counts'),
    derived: z.enum(STATUSES).describe('What its heartbeat and its slots say'),
    override: z
      .object({ status: z.enum(SET_STATUSES), metadata: data, by: z.string(), until: time })
      .optional()
      .describe('What somebody has set, as long as it stands'),
    slots: z.object({ total: count, used: count, free: count }),
    heard: z
      .object({ at: time, startedAt: time, build: z.string() })
      .optional()
      .describe('Of its process, when it was last heard of; absent: none runs'),
    links: z.object({ self: z.string(), status: z.string() }),
  })
  .meta({ id: 'Agent' });

const spread = z.object({ p50: z.number(), p95: z.number() }).optional();
const FIGURES = {
  completed: count,
  failed: count,
  canceled: count,
  rejected: count,
  durationMs: spread.describe('From when an agent took it'),
  queueWaitMs: spread.describe('Until an agent took it'),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().describe('US dollars'),
  approvals: z.object({ asked: count, given: count, rate: z.number().optional().describe('From 0 to 1') }),
  lastError: z.object({ type: z.string(), at: time }).optional(),
};
const FiguresSchema = z
  .object(FIGURES)
  .meta({ id: 'AgentFigures', description: 'Of tasks that ended within the window; what is absent had none.' });

export const AgentDetailSchema = AgentSchema.extend({
  working: z
    .array(z.object({ taskId: z.string(), capability: z.string(), state: z.string(), since: time }))
    .describe('Its tasks that have not ended, the oldest first'),
  figures: FiguresSchema.describe('Of the last 24 hours'),
}).meta({ id: 'AgentDetail' });

export const AgentMetricsSchema = z
  .object({
    withinMs: z.number().describe('Milliseconds'),
    agents: z.array(z.object({ id: z.string(), ...FIGURES })),
    types: z.array(z.object({ type: z.string(), ...FIGURES })),
  })
  .meta({ id: 'AgentMetrics' });

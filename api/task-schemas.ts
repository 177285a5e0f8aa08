/** Shapes of questions to people, as the API speaks them. */
import { z } from 'zod';
import type { JsonObject } from '../src/plan/json';
import { AnyJson } from './schemas';

const word = z.string().min(1).max(200);
const time = z.iso.datetime().describe('ISO 8601');

export const AnswerDataSchema = z.record(z.string(), AnyJson) as z.ZodType<JsonObject>;

export const DelegateSchema = z.union([
  z.strictObject({
    role: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'is no role: a letter, then letters, digits, dots, hyphens'),
  }),
  z.strictObject({ person: word }),
]);

export const TaskSchema = z
  .object({
    id: z.string(),
    executionId: z.string(),
    workflow: z.string(),
    step: z.string(),
    path: z.string(),
    description: z.string().optional(),
    signal: z.string(),
    status: z.enum(['open', 'answered', 'closed']),
    roles: z.array(z.string()).describe('Who may answer now; empty: anyone'),
    people: z.array(z.string()).describe('Who may answer by name'),
    delegations: z.array(z.object({ to: DelegateSchema, by: z.string(), at: time })).describe('Oldest first'),
    openedAt: time,
    deadline: time.optional(),
    form: z.unknown().describe('JSON Schema of the answer'),
    reminded: z.number().int().describe('How many reminders have come'),
    refused: z.number().int().describe('How many messages did not fit and were ignored'),
    call: z
      .object({ tool: z.string(), arguments: AnswerDataSchema, hash: z.string().describe('SHA-256 of the arguments') })
      .optional()
      .describe('Of a model: what is to be agreed to'),
    answer: z.object({ data: AnswerDataSchema, by: z.string(), at: time }).optional(),
    links: z.object({ self: z.string(), answer: z.string(), delegate: z.string(), execution: z.string() }),
  })
  .meta({ id: 'Task' });

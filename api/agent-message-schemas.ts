/** Shapes of messages to agents, as the API speaks them. */
import { z } from 'zod';
import { MESSAGE_OPTIONS } from '../src/agents/message';
import { MESSAGE_STATES } from '../src/plan/agent-message';
import { AnyJson } from './schemas';

const time = z.iso.datetime().describe('ISO 8601');

export const MessageSchema = z
  .object({
    id: z.string(),
    from: z.string(),
    to: z.string(),
    type: z.string(),
    priority: MESSAGE_OPTIONS.priority.unwrap(),
    correlationId: z.string().optional(),
    state: z.enum(MESSAGE_STATES),
    reason: z.string().optional(),
    taskId: z.string().optional().describe('The task that was made of it'),
    sentAt: time,
    deliveredAt: time.optional(),
    settledAt: time.optional(),
    answerBy: time.optional().describe('A later answer is dropped'),
    expiresAt: time.optional(),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'AgentMessage' });

export const MessageDetailSchema = MessageSchema.extend({
  payload: AnyJson.optional(),
  answer: z.object({ data: AnyJson, at: time }).optional(),
}).meta({ id: 'AgentMessageDetail' });

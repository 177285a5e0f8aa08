/** The resource `executions`: finding and watching them. */
import { z } from 'zod';
import { stepTree } from '../../src/language/step-tree';
import type { ApiDependencies } from '../dependencies';
import { streamProgress } from '../event-stream';
import { withAddresses } from '../links';
import { seenBy } from '../masked';
import type { Route } from '../route';
import { route } from '../route';
import { ExecutionId, ExecutionSchema, HistorySchema, StepDetailSchema, SummarySchema, WorkflowId } from '../schemas';
import { executionBody } from '../started';
import { StepTreeSchema } from '../workflow-schemas';

const Id = z.object({ id: ExecutionId });
const cursor = z.string().optional().describe('`next` of the page before');
const gone = { description: 'No such execution' };

const ListQuery = z.strictObject({
  status: z
    .enum(['running', 'waiting', 'paused', 'completed', 'failed', 'cancelled', 'terminated'])
    .optional()
    .describe('`waiting`: runs, and somebody has to answer something'),
  workflow: WorkflowId.optional(),
  since: z.iso
    .datetime({ offset: true })
    .or(z.iso.date())
    .optional()
    .describe('Started at this time or later, ISO 8601'),
  cursor,
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const HistoryQuery = z.strictObject({ cursor, limit: z.coerce.number().int().min(1).max(1000).default(200) });

const ProgressEvent = z
  .object({
    event: z.enum(['step', 'status', 'partial', 'end']),
    data: z.string().describe('JSON: a step, a status, a piece of text that is being written; last the execution'),
  })
  .meta({ id: 'ProgressEvent', description: 'One event of the stream' });

/** Endings of file names, for media types that a browser would otherwise not know what to do with. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/webm': 'webm',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'application/pdf': 'pdf',
  'application/json': 'json',
  'text/plain': 'txt',
};

export function executionRoutes({ executions, partials }: ApiDependencies): readonly Route[] {
  const tag = 'Executions';
  return [
    route({
      method: 'get',
      path: '/executions',
      tag,
      summary: 'Executions, newest first; a new one shows up after a moment',
      query: ListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ executions: z.array(SummarySchema), next: z.string().optional() }),
        },
      },
      handle: async ({ query }) => {
        const { since, status, workflow, cursor: from, limit } = query;
        const page = await executions.list({
          limit,
          ...(status === undefined ? {} : status === 'waiting' ? { waiting: true as const } : { status }),
          ...(workflow === undefined ? {} : { workflow }),
          ...(since === undefined ? {} : { since: new Date(since) }),
          ...(from === undefined ? {} : { cursor: from }),
        });
        return { body: page };
      },
    }),
    route({
      method: 'get',
      path: '/executions/{id}',
      reveals: true,
      tag,
      summary: 'State with a timeline of the steps',
      params: Id,
      answers: { 200: { description: 'The execution', schema: ExecutionSchema }, 404: gone },
      handle: async ({ params, caller }) => ({
        body: seenBy(caller, withAddresses(executionBody(await executions.describe(params.id)), params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/executions/{id}/steps/{path}',
      reveals: true,
      tag,
      summary: 'One step with its input and output',
      params: Id.extend({ path: z.string().min(1).max(1000) }),
      answers: {
        200: { description: 'The step', schema: StepDetailSchema },
        404: { description: 'No such execution or step' },
      },
      handle: async ({ params, caller }) => ({
        body: seenBy(caller, withAddresses(await executions.step(params.id, params.path), params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/executions/{id}/tree',
      tag,
      summary: 'The steps of the definition that it runs, as a tree to be drawn',
      params: Id,
      answers: { 200: { description: 'The steps', schema: StepTreeSchema }, 404: gone },
      handle: async ({ params }) => ({ body: stepTree(await executions.plan(params.id)) }),
    }),
    route({
      method: 'get',
      path: '/executions/{id}/history',
      reveals: true,
      tag,
      summary: 'Temporal’s history, decoded',
      params: Id,
      query: HistoryQuery,
      answers: { 200: { description: 'One page, oldest event first', schema: HistorySchema }, 404: gone },
      handle: async ({ params, query }) => {
        const { cursor: from, limit } = query;
        const page = await executions.history(params.id, { limit, ...(from === undefined ? {} : { cursor: from }) });
        return { body: withAddresses(page, params.id) };
      },
    }),
    route({
      method: 'get',
      path: '/executions/{id}/events',
      reveals: true,
      tag,
      summary: 'Live progress as server-sent events: `step`, `status`, `partial`, and last `end`',
      params: Id,
      answers: {
        200: {
          description: 'A stream; it ends with the execution, after ten minutes, or when the server stops',
          schema: ProgressEvent,
          mediaType: 'text/event-stream',
        },
        404: gone,
      },
      handle: async ({ params, caller, response, signal }) => {
        await streamProgress({ executions, partials, executionId: params.id, caller, response, signal });
        return undefined;
      },
    }),
    route({
      method: 'get',
      path: '/executions/{id}/blobs/{hash}',
      reveals: true,
      tag,
      summary: 'A large value that the execution refers to',
      params: Id.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) }),
      answers: {
        200: { description: 'Its content', schema: z.string(), mediaType: 'application/octet-stream' },
        404: { description: 'No such value in this execution' },
      },
      handle: async ({ params }) => {
        const { content, mediaType } = await executions.blob(params.id, params.hash);
        const known = ENDINGS[mediaType];
        return {
          mediaType:
            known === undefined
              ? 'application/octet-stream'
              : mediaType.startsWith('text/')
                ? `${mediaType}; charset=utf-8`
                : mediaType,
          // Stored content is a stranger's: it is saved, never shown as a page of ours.
          headers: {
            'Content-Disposition': `attachment; filename="${params.hash.slice(0, 12)}.${known ?? 'bin'}"`,
            'Content-Security-Policy': "default-src 'none'; sandbox",
            'X-Content-Type-Options': 'nosniff',
          },
          body: Buffer.from(content),
        };
      },
    }),
  ];
}

/** What may reach the log: canaries in every shape in which an error, a library or a message could bring them. */
import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import { expect, test } from '@jest/globals';
import { cleaned, createClean, secretsIn } from '../../src/monitoring/clean-text';
import { createLogger } from '../../src/monitoring/logger';
import type { SentryEvent } from '../../src/monitoring/sentry-event';
import { OmniError } from '../../src/plan/problem';
import { inSpan } from '../../src/tracing/span';
import { workingFor } from '../../src/tracing/whereabouts';
import { recordedTracing } from '../tracing/recorded';

const SECRETS = {
  OPENAI_API_KEY: 'plain-words-as-a-key',
  DATABASE_URL: 'postgresql://omni:s%40fe-pass@db.example:5432/omni',
  ACME_WEBHOOK_SECRET: 'tiny-secret',
  OMNI_HTTP_CREDENTIALS: '{"crm":{"token":"inside-json-8"}}',
  LOG_LEVEL: 'information',
};
const CANARIES = [
  'ada@example.com',
  '+49 151 23456789',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  'Maria Silva',
];
const hidden = ['plain-words-as-a-key', 's%40fe-pass', 's@fe-pass', 'tiny-secret', 'inside-json-8'];

test('secrets are taken from every variable that holds one, also out of addresses and JSON', () => {
  expect(secretsIn(SECRETS)).toEqual(expect.arrayContaining(hidden));
  expect(secretsIn(SECRETS)).not.toContain('information');
});

test('nothing of it is in a line, whether in a field, an error, its cause, its members, or the message of a library', async () => {
  const events: SentryEvent[] = [];
  const logger = createLogger('info', 'engine', {
    variables: SECRETS,
    send: (event) => {
      events.push(event);
      return Promise.resolve();
    },
  });
  const all = [...CANARIES, ...hidden].join(' and ');
  const far = Object.assign(new Error(`refused: ${all}`, { cause: new Error(all) }), {
    detail: `Key (email)=(${all})`,
  });
  logger.error({ error: far }, 'first');
  logger.error({ err: new AggregateError([far], `many\n    at ${all}`) }, 'second');
  logger.error({ deep: { list: [{ text: all }] }, error: new OmniError('internal', all, { data: all }) }, 'third');
  // At most five events are under way.
  await new Promise((resolve) => setImmediate(resolve));
  logger.error(far);
  logger.child({ role: 'http' }).error({ err: far }, 'fourth');
  logger.error(`library says: ${all}`);
  expect(events).toHaveLength(6);
  const told = JSON.stringify(events);
  for (const canary of [...CANARIES, ...hidden]) expect(told).not.toContain(canary);
  expect(told).toContain('[email]');
  expect(told).toContain('logger.test.ts');
});

test('each line tells trace and span, and in an activity execution and step, unless it tells them itself', async () => {
  const events: SentryEvent[] = [];
  const send = (event: SentryEvent) => Promise.resolve(void events.push(event));
  const logger = createLogger('info', 'engine', { send });
  const { tracing, spans } = recordedTracing();
  // Digits that would be a card's, anywhere else.
  const from = { traceId: '4111111111111111'.repeat(2), spanId: '4111111111111111' };
  const whom = { executionId: 'coach-1', step: 'tell.note' };
  logger.error('outside');
  await context.with(workingFor(context.active(), whom), () =>
    tracing.begin('outer', { from }, () => {
      logger.error('inside');
      return inSpan('inner', {}, () => Promise.resolve(logger.child({ a: 1 }).error({ step: 'other' }, 'below')));
    }),
  );
  const [inner, outer] = await spans();
  const { traceId } = from;
  const told = events.map(({ message, extra = {} }) => [
    message,
    Object.fromEntries(Object.entries(extra).filter(([name]) => name !== 'time')),
  ]);
  expect(told).toEqual([
    ['outside', {}],
    ['inside', { ...whom, traceId, spanId: outer?.spanId }],
    ['below', { ...whom, step: 'other', a: 1, traceId, spanId: inner?.spanId }],
  ]);
});

test('ids, steps, addresses of this network and plain words stay readable', () => {
  const clean = createClean();
  for (const text of [
    `bilingual-coach-${randomUUID()}`,
    'bilingual-coach-5f2c1c2ab44e4c7d8f0e6a1b2c3d4e5f~0a1b2c3d4e5f',
    'tell.crm.note_crm#2',
    'connect ECONNREFUSED 127.0.0.1:54330',
    'No Temporal server answers at 10.0.12.7:7233.',
    '2026-01-31T12:00:00.000Z',
    'request answered',
    'POST /executions/{id}/rerun',
  ])
    expect(clean(text)).toBe(text);
});

test('objects with a life of their own are left to their serializers, and no depth hangs it', () => {
  const socket = new URL('http://example.com');
  expect(cleaned({ socket }, (text) => text)).toEqual({ socket });
  const ring: Record<string, unknown> = {};
  ring['self'] = ring;
  expect(JSON.stringify(cleaned(ring, (text) => text))).toContain('…');
});

/** The platform's own errors reach Sentry: a real log line, a real request, and silence where Sentry asks for it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createErrorReport } from '../../src/monitoring/error-report';
import { createLogger } from '../../src/monitoring/logger';
import { createSentrySender } from '../../src/providers/sentry';
import { until } from '../contracts/provider';
import { dsnOf, eventIn, startSentryStub } from '../stubs/sentry';
import type { Stub } from '../stubs/stub';

let stub: Stub;
beforeEach(async () => {
  stub = await startSentryStub();
});
afterEach(() => stub.close());

const sender = () => createSentrySender({ SENTRY_DSN: dsnOf(stub.baseUrl, stub.key) });

test('what is logged as an error is sent as an event, redacted; lesser lines are not', async () => {
  const logger = createLogger('info', 'engine', { send: sender() });
  logger.info({ step: 'a' }, 'call failed');
  logger.error({ step: 'b', request: { authorization: 'secret-7' } }, 'worker failed');
  await until(() => stub.calls.length > 0);
  expect(stub.calls.map(eventIn)).toMatchObject([
    { level: 'error', message: { formatted: 'worker failed' }, tags: { role: 'engine' }, extra: { step: 'b' } },
  ]);
  expect(stub.calls[0]?.raw.toString()).not.toContain('secret-7');
});

const line = JSON.stringify({ level: 'error', role: 'engine', msg: 'worker failed' });

test('a limit silences it as long as Sentry says, and nothing is kept for later', async () => {
  let now = 1_000_000;
  const report = createErrorReport(sender() ?? (() => Promise.resolve()), () => now);
  stub.next({ kind: 'status', status: 429, headers: { 'x-sentry-rate-limits': '30::organization' } });
  report.write(line);
  await until(() => stub.calls.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  now += 29_000;
  report.write(line);
  now += 2000;
  report.write(line);
  await until(() => stub.calls.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(stub.calls).toHaveLength(2);
});

test('at most five are under way, whatever is logged', async () => {
  stub.always({ kind: 'hang' });
  const report = createErrorReport(sender() ?? (() => Promise.resolve()));
  for (let count = 0; count < 50; count += 1) report.write(line);
  await until(() => stub.calls.length === 5);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(stub.calls).toHaveLength(5);
});

test('without a usable DSN nothing is sent, and what is no line of the log is passed over', () => {
  expect(createSentrySender({})).toBeUndefined();
  expect(createSentrySender({ SENTRY_DSN: 'nonsense' })).toBeUndefined();
  createErrorReport(() => Promise.reject(new Error('never'))).write('no JSON');
});

/** Sentry against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Environment } from '../../src/config';
import { createDoor } from '../../src/providers/http/door';
import { SENTRY } from '../../src/providers/sentry';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { dsnOf, eventIn, startSentryStub } from '../stubs/sentry';
import type { Stub } from '../stubs/stub';

const ISSUE: VendorToolCase = {
  tool: 'issue.create',
  input: { title: 'Lesson failed', body: 'No sound', labels: ['coach', 'audio'] },
  check: (output) => expect(output).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/) }),
};
const environment = ({ baseUrl, key = '' }: { readonly baseUrl: string; readonly key?: string }): Environment => ({
  SENTRY_DSN: dsnOf(baseUrl, key),
});

describeProvider({ provider: SENTRY, stub: startSentryStub, calls: [ISSUE], environment });

describe('sentry', () => {
  const door = createDoor({ allow: [], ownPorts: [] });
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startSentryStub();
    provider = providerOf({ provider: SENTRY, environment }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  test('an event has the same id on every attempt, and another for another call', async () => {
    const ids: unknown[] = [];
    for (const idempotencyKey of ['a', 'a', 'b'])
      ids.push((await callTool(provider, ISSUE, { idempotencyKey })).output);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).not.toEqual(ids[0]);
  });

  test('the event says title, level, labels and body', async () => {
    await callTool(provider, ISSUE, { config: { level: 'warning' } });
    expect(stub.calls.map(eventIn)).toMatchObject([
      {
        message: { formatted: 'Lesson failed' },
        level: 'warning',
        tags: { labels: 'coach,audio' },
        extra: { body: 'No sound' },
        fingerprint: ['Lesson failed'],
      },
    ]);
    expect((await failureOf(callTool(provider, ISSUE, { config: { level: 'loud' } }))).problem.type).toBe('validation');
  });

  test('a limit for errors says how long; one for other kinds does not count', async () => {
    const headers = { 'x-sentry-rate-limits': '600:transaction:organization, 7:default;error:project' };
    stub.next({ kind: 'status', status: 429, headers });
    expect((await failureOf(callTool(provider, ISSUE))).retryAfterMs).toBe(7000);
  });

  test.each(['nonsense', 'https://host/42', 'https://key@host/', 'https://key:secret@host/42', 'ftp://key@host/42'])(
    'what is no DSN is named and not quoted: %s',
    (dsn) => {
      const { unconfigured } = SENTRY.create({ variables: { SENTRY_DSN: dsn }, door });
      expect(unconfigured).toContain('SENTRY_DSN');
      expect(unconfigured).not.toContain(dsn);
    },
  );
});

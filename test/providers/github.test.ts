/** GitHub against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GITHUB } from '../../src/providers/github';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startGithubStub } from '../stubs/github';
import type { Stub } from '../stubs/stub';

const ISSUE: VendorToolCase = {
  tool: 'issue.create',
  requests: 2,
  findsAgain: true,
  input: { repository: 'ana/coach', title: 'No sound', body: 'Since **today**.', labels: ['bug'] },
  check: (output) =>
    expect(output).toEqual({
      id: expect.stringMatching(/^\d+$/),
      number: 1,
      url: 'https://github.com/ana/coach/issues/1',
    }),
  refuses: [{ why: 'an issue without a repository', input: { title: 'x' }, type: 'validation' }],
};
const COMMENT: VendorToolCase = {
  tool: 'issue.comment',
  requests: 2,
  findsAgain: true,
  input: { repository: 'ana/coach', number: 7, body: 'Seen.' },
  check: (output) => expect(output).toMatchObject({ url: expect.stringContaining('/ana/coach/issues/7#') }),
};

describeProvider({ provider: GITHUB, stub: startGithubStub, calls: [ISSUE, COMMENT] });

describe('github', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startGithubStub();
    provider = providerOf({ provider: GITHUB }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const posts = (): readonly unknown[] => stub.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);

  test.each([ISSUE, COMMENT])('$tool: a second attempt finds what the first made and lost sight of', async (one) => {
    stub.next(undefined, { kind: 'cut', after: 'half' });
    expect((await failureOf(callTool(provider, one))).problem.type).toBe('provider-unavailable');
    await callTool(provider, one);
    await callTool(provider, one);
    expect(posts()).toHaveLength(1);
    await callTool(provider, one, { idempotencyKey: 'another' });
    expect(posts()).toHaveLength(2);
  });

  test('the marker is hidden from readers and does not show the key that it stands for', async () => {
    await callTool(provider, ISSUE);
    const { body } = posts()[0] as { body: string };
    expect(body).toMatch(/^Since \*\*today\*\*\.\n\n<!-- omni-[0-9a-f]{40} -->$/);
  });

  test('a comment with the marker under another issue is not taken for this one', async () => {
    await callTool(provider, COMMENT);
    await callTool(provider, { ...COMMENT, input: { ...COMMENT.input, number: 8 } });
    expect(posts()).toHaveLength(2);
  });

  const resetIn = (seconds: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.round(Date.now() / 1000) + seconds),
  });
  test.each([
    ['403 with none left', 403, () => resetIn(120), 120_000],
    ['429 with none left', 429, () => resetIn(120), 120_000],
    ['a reset gone by', 403, () => resetIn(-60), 0],
    ['a secondary limit', 403, () => ({ 'retry-after': '30', 'x-ratelimit-remaining': '4000' }), 30_000],
  ])('%s is a limit, and says how long', async (_, status, headers, waitMs) => {
    stub.next({ kind: 'status', status, headers: headers() });
    const error = await failureOf(callTool(provider, ISSUE));
    expect(error.problem.type).toBe('rate-limited');
    expect(error.retryable).toBe(true);
    expect(Math.abs((error.retryAfterMs ?? Infinity) - waitMs)).toBeLessThan(5000);
  });

  test('403 with calls left is a lack of rights', async () => {
    stub.next({ kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '4000' } });
    expect(await failureOf(callTool(provider, ISSUE))).toMatchObject({
      retryable: false,
      problem: { type: 'authorization' },
    });
  });
});

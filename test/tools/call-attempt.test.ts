/** What a failed attempt means for a tool that is tried once. */
import { expect, test } from '@jest/globals';
import { OmniError, type ProblemType } from '../../src/plan/problem';
import { networkError, statusError } from '../../src/providers/http/http-error';
import type { CallAttempt } from '../../src/tools/call-attempt';
import { outcomeOf } from '../../src/tools/call-attempt';

const FAR = { provider: 'far', keyVariable: 'KEY', baseUrlVariable: 'URL' };
const attempt = (idempotent: 'none' | 'key', sent: boolean): CallAttempt =>
  ({ request: { tool: 'pay.now', idempotent }, number: 1, skipped: [], ...(sent ? { sent } : {}) }) as never;
const typeAfter = (error: OmniError, idempotent: 'none' | 'key' = 'none', sent = true): ProblemType =>
  outcomeOf(error, attempt(idempotent, sent)).problem.type;

test.each([400, 401, 402, 403, 404, 405, 409, 413, 415, 418, 422, 425, 429])('%i is a refusal', (status) => {
  const error = statusError(FAR, status, 'POST /pay');
  expect(outcomeOf(error, attempt('none', true))).toBe(error);
});

test.each([408, 500, 501, 502, 503, 504, 529])('after %i nobody knows whether it was done', (status) => {
  const error = statusError(FAR, status, 'POST /pay');
  const outcome = outcomeOf(error, attempt('none', true));
  expect(outcome.problem).toMatchObject({ type: 'outcome-unknown', data: { was: error.problem.type } });
  expect(outcome.problem.detail).not.toContain('can be tried again');
  expect(outcome.problem.detail).toContain(`far answered ${status} to POST /pay`);
  expect(outcome.retryable).toBe(false);
});

test('what never left was not done; what was cut off may have been', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
    expect(typeAfter(networkError(FAR, 'POST /pay', { cause: { code } }))).not.toBe('outcome-unknown');
  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'])
    expect(typeAfter(networkError(FAR, 'POST /pay', { cause: { code } }))).toBe('outcome-unknown');
});

test('before the provider was asked, and for tools that bear a repetition, an error stays what it is', () => {
  const late = new OmniError('timeout', 'late');
  expect([typeAfter(late, 'none', false), typeAfter(late, 'key')]).toEqual(['timeout', 'timeout']);
});

test('what an answer has cost is not lost with its outcome', () => {
  const error = new OmniError('tool-error', 'garbage', { data: { usage: { costUsd: 1 } } });
  expect(outcomeOf(error, attempt('none', true)).problem.data).toMatchObject({ usage: { costUsd: 1 } });
});

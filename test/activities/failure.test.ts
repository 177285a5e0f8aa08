/** What activities throw, as Temporal and its readers are told of it. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { expect, test } from '@jest/globals';
import { ofActivity } from '../../activities/failure';
import { OmniError } from '../../src/plan/problem';

test('of a library’s error only name and code go on, under a type of the closed list, and it is tried again', () => {
  const thrown = Object.assign(new TypeError('row (ada@example.com) exists'), { code: '23505', detail: 'Key (a)=(b)' });
  const failure = ofActivity(thrown);
  expect(failure).toMatchObject({ type: 'internal', nonRetryable: false });
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect((failure as ApplicationFailure).message).toContain('TypeError 23505');
  expect(JSON.stringify([failure, (failure as Error).stack])).not.toMatch(/ada|Key \(a\)/);
});

test('refusals of ours keep their type and words, cleaned; Temporal’s own failures stay what they are', () => {
  const refused = ofActivity(
    new OmniError('validation', 'ada@example.com is no id', { errors: [{ pointer: '/ada@example.com', detail: 'x' }] }),
  );
  expect(refused).toMatchObject({ type: 'validation', nonRetryable: true, message: '[email] is no id' });
  expect(JSON.stringify((refused as ApplicationFailure).details)).not.toContain('ada@');
  for (const own of [new CancelledFailure('gone'), ApplicationFailure.create({ message: 'm' })])
    expect(ofActivity(own)).toBe(own);
});

/** The stub is what it says it is: GitHub's own client takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/core';
import { startGithubStub } from './github';
import type { Stub } from './stub';

describe("the stub under GitHub's client", () => {
  let stub: Stub;
  let client: Octokit;
  beforeEach(async () => {
    stub = await startGithubStub();
    client = new Octokit({ auth: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const place = { owner: 'ana', repo: 'coach' };

  test('an issue and a comment are made, kept and listed', async () => {
    const { data: issue } = await client.request('POST /repos/{owner}/{repo}/issues', {
      ...place,
      title: 'Broken',
      labels: ['bug'],
    });
    expect(issue).toMatchObject({ number: 1, title: 'Broken', html_url: 'https://github.com/ana/coach/issues/1' });
    const { data: comment } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...place,
      issue_number: issue.number,
      body: 'Seen.',
    });
    const { data: issues } = await client.request('GET /repos/{owner}/{repo}/issues', { ...place, direction: 'desc' });
    const { data: comments } = await client.request('GET /repos/{owner}/{repo}/issues/comments', {
      ...place,
      direction: 'desc',
    });
    expect(issues.map(({ id }) => id)).toEqual([issue.id]);
    expect(comments.map(({ id }) => id)).toEqual([comment.id]);
  });

  test("a wrong key and a bad body are the client's errors", async () => {
    const wrong = new Octokit({ auth: 'nope', baseUrl: stub.baseUrl });
    await expect(wrong.request('GET /rate_limit')).rejects.toMatchObject({ status: 401 });
    const empty = client.request('POST /repos/{owner}/{repo}/issues', { ...place, title: '' });
    await expect(empty).rejects.toMatchObject({ status: 422 });
  });
});

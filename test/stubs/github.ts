/** A stub of GitHub's REST API for issues and comments, which keeps what it was given. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const newIssue = z.strictObject({
  title: z.string().min(1),
  body: z.string().max(65_536).optional(),
  labels: z.array(z.string()).optional(),
});
const newComment = z.strictObject({ body: z.string().min(1).max(65_536) });

export function startGithubStub(options: StubOptions = {}): Promise<Stub> {
  const issues: Record<string, unknown>[] = [];
  const comments: Record<string, unknown>[] = [];
  const place = (params: Readonly<Record<string, string>>): string => `${params['owner']}/${params['repo']}`;
  const made = (list: object[]): Record<string, unknown> => ({
    id: 2_000_000_000 + list.length,
    created_at: new Date().toISOString(),
  });
  /** Newest first, as far as one page goes. */
  const page = (list: readonly object[], query: URLSearchParams): { json: unknown } => ({
    json: list.toReversed().slice(0, Number(query.get('per_page') ?? 30)),
  });
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers.authorization === `Bearer ${key}` || headers.authorization === `token ${key}`,
      error: (status, message, { headers }) => ({
        message: `${message}: ${headers.authorization ?? ''}`,
        documentation_url: 'https://docs.github.com/rest',
        status: String(status),
      }),
      routes: {
        'GET /rate_limit': () => ({ json: { resources: {}, rate: { limit: 5000, remaining: 4999, reset: 0 } } }),
        'GET /repos/:owner/:repo/issues': ({ params, query }) => {
          if (query.get('direction') !== 'desc') return refuse(422, 'the stub lists the newest first only');
          return page(
            issues.filter((issue) => issue['place'] === place(params)),
            query,
          );
        },
        'POST /repos/:owner/:repo/issues': ({ body, params, refused }) => {
          const parsed = newIssue.safeParse(body);
          if (!parsed.success) return refuse(422, parsed.error.message);
          const number = issues.filter((issue) => issue['place'] === place(params)).length + 1;
          const issue = {
            ...made(issues),
            ...parsed.data,
            body: parsed.data.body ?? null,
            labels: (parsed.data.labels ?? []).map((name) => ({ name })),
            number,
            state: 'open',
            html_url: `https://github.com/${place(params)}/issues/${number}`,
            place: place(params),
          };
          if (!refused) issues.push(issue);
          return { status: 201, json: issue };
        },
        'GET /repos/:owner/:repo/issues/comments': ({ params, query }) => {
          if (query.get('direction') !== 'desc') return refuse(422, 'the stub lists the newest first only');
          return page(
            comments.filter((comment) => comment['place'] === place(params)),
            query,
          );
        },
        'POST /repos/:owner/:repo/issues/:number/comments': ({ body, params, call, refused }) => {
          const parsed = newComment.safeParse(body);
          if (!parsed.success) return refuse(422, parsed.error.message);
          const issue = `/repos/${place(params)}/issues/${params['number']}`;
          const comment = {
            ...made(comments),
            body: parsed.data.body,
            issue_url: `http://${call.headers.host ?? ''}${issue}`,
            html_url: `https://github.com/${place(params)}/issues/${params['number']}#issuecomment-${comments.length}`,
            place: place(params),
          };
          if (!refused) comments.push(comment);
          return { status: 201, json: comment };
        },
      },
    },
    options,
  );
}

/** GitHub: issues and comments. It has no idempotency keys: a hidden marker tells what a call has made. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { CommentInput, CommentOutput } from '../tools/issue-comment';
import type { IssueInput, IssueOutput } from '../tools/issue-create';
import type { ToolAnswer } from '../tools/tool';
import { defineProvider, type VendorCall } from './define-provider';
import type { Refusal, Verdict } from './http/client';
import { markerOf } from './marker';

const VERSION = '2022-11-28';

const made = z.object({ id: z.number(), html_url: z.string(), body: z.string().nullish() });
const issue = made.extend({ number: z.number() });
const comment = made.extend({ issue_url: z.string() });

/** A hundred issues of 64 KiB each are more than an answer usually may have. */
const LIST_BYTES = 16 * 1024 * 1024;
const NEWEST = 'sort=created&direction=desc&per_page=100';

export const GITHUB = defineProvider({
  provider: 'github',
  title: 'GitHub',
  keyVariable: 'GITHUB_TOKEN',
  baseUrlVariable: 'GITHUB_BASE_URL',
  baseUrl: 'https://api.github.com',
  byPlan: true,
  sources: [
    'https://docs.github.com/rest/issues/issues',
    'https://docs.github.com/rest/issues/comments',
    'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api',
    'https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api',
  ],
  headers: (key) => ({
    authorization: `Bearer ${key}`,
    'user-agent': 'omni-mcp',
    'x-github-api-version': VERSION,
  }),
  probe: '/rate_limit',
  // Content may be made 80 times a minute; GitHub asks for a second between two requests that write.
  limits: { perSecond: 1, burst: 10, concurrent: 10 },
  honours: 'a hidden comment in the text is looked for among the newest 100 before anything is made',
  refusal: limited,
  tools: {
    'issue.create': async (input: IssueInput, call) => {
      const repository = repositoryOf(input, call);
      const found = await sought(issue, `/repos/${repository}/issues?state=all&${NEWEST}`, call);
      const { title, body, labels } = input;
      const sent = { title, body: marked(body ?? '', call), ...(labels === undefined ? {} : { labels }) };
      const one =
        found[0] ?? (await call.json(issue, { method: 'POST', path: `/repos/${repository}/issues`, body: sent }));
      return answer({ id: String(one.id), number: one.number, url: one.html_url });
    },
    'issue.comment': async ({ repository, number, body }: CommentInput, call) => {
      const found = await sought(comment, `/repos/${repository}/issues/comments?${NEWEST}`, call);
      const path = `/repos/${repository}/issues/${number}/comments`;
      const here = found.find(({ issue_url: url }) => url.endsWith(`/issues/${number}`));
      const one = here ?? (await call.json(comment, { method: 'POST', path, body: { body: marked(body, call) } }));
      return answer({ id: String(one.id), url: one.html_url });
    },
  },
});

const answer = (output: IssueOutput | CommentOutput): ToolAnswer => ({ output });

function repositoryOf({ repository }: IssueInput, call: VendorCall): string {
  if (repository !== undefined) return repository;
  throw new OmniError('validation', 'github needs input.repository, as owner/name.', {
    provider: call.far.provider,
    errors: [{ pointer: '/repository', detail: 'is missing' }],
  });
}

const hidden = ({ idempotencyKey }: VendorCall): string => `<!-- ${markerOf(idempotencyKey)} -->`;
const marked = (body: string, call: VendorCall): string => `${body}${body === '' ? '' : '\n\n'}${hidden(call)}`;

/** What bears the marker of this call. Lists are asked rather than the search, whose index runs behind. */
async function sought<T extends z.infer<typeof made>>(
  shape: z.ZodType<T>,
  path: string,
  call: VendorCall,
): Promise<readonly T[]> {
  const newest = await call.json(z.array(shape), { method: 'GET', path, maxBytes: LIST_BYTES });
  return newest.filter(({ body }) => body?.includes(hidden(call)));
}

/** Limits come as 403 as well as 429, and say when they end by the clock; without a word of it GitHub asks for a minute. */
function limited({ status, headers, body }: Refusal): Verdict | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const spent = headers.get('x-ratelimit-remaining') === '0';
  const secondary = z.object({ message: z.string().regex(/rate limit/i) }).safeParse(body).success;
  if (status === 403 && !spent && !secondary && !headers.has('retry-after')) return undefined;
  if (headers.has('retry-after')) return { status: 429 };
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.now();
  if (spent && Number.isFinite(reset)) return { status: 429, retryAfterMs: Math.min(3_600_000, Math.max(0, reset)) };
  return secondary ? { status: 429, retryAfterMs: 60_000 } : { status: 429 };
}

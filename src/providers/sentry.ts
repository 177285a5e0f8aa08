/** Sentry: error events, which become issues. The DSN says where they go and lets them in. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Environment } from '../config';
import type { SendEvent } from '../monitoring/error-report';
import { ENVELOPE_TYPE, envelope, readDsn, sentryHeaders, type SentryEvent } from '../monitoring/sentry-event';
import { OmniError } from '../plan/problem';
import type { IssueInput, IssueOutput } from '../tools/issue-create';
import { defineProvider, type VendorCall } from './define-provider';
import { createHttp, type Refusal, type Verdict } from './http/client';
import { createDoor } from './http/door';

const accepted = z.object({ id: z.string() });
const level = z.enum(['fatal', 'error', 'warning', 'info', 'debug']).default('error');

/** How the platform's own errors reach the DSN; undefined without a usable one. */
export function createSentrySender(variables: Environment): SendEvent | undefined {
  const place = readDsn(variables['SENTRY_DSN']?.trim() ?? '');
  if (place === undefined) return undefined;
  const { provider, keyVariable, baseUrlVariable } = SENTRY;
  const http = createHttp({
    ...{ provider, keyVariable, baseUrlVariable, refusal: limited, trusted: true, now: Date.now },
    baseUrl: `${place.baseUrl}/api/${place.project}`,
    headers: sentryHeaders(place),
    door: createDoor({ allow: [], ownPorts: [] }),
  });
  return async (event) => {
    const content = { mediaType: ENVELOPE_TYPE, bytes: envelope(event) };
    const bounds = { timeoutMs: REPORT_TIMEOUT_MS, signal: new AbortController().signal, accepts: 'application/json' };
    await http.send({ method: 'POST', path: '/envelope/', content, ...bounds });
  };
}

const REPORT_TIMEOUT_MS = 10_000;

export const SENTRY = defineProvider({
  provider: 'sentry',
  title: 'Sentry',
  keyVariable: 'SENTRY_DSN',
  baseUrlVariable: 'SENTRY_DSN',
  byPlan: true,
  sources: [
    'https://develop.sentry.dev/sdk/data-model/envelopes/',
    'https://develop.sentry.dev/sdk/data-model/event-payloads/',
    'https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/',
  ],
  headers: () => ({}),
  connect({ SENTRY_DSN: dsn }) {
    if (dsn === undefined || dsn.trim() === '') return 'set SENTRY_DSN';
    const place = readDsn(dsn.trim());
    if (place === undefined) return 'SENTRY_DSN must look like https://<key>@<host>/<project>';
    return { baseUrl: `${place.baseUrl}/api/${place.project}`, headers: sentryHeaders(place) };
  },
  limits: { perSecond: 10, burst: 20, concurrent: 10 },
  honours: 'an event keeps its id, and Sentry drops a second one with the same',
  refusal: limited,
  tools: {
    'issue.create': async (input: IssueInput, call) => {
      const event = eventOf(input, call);
      const { id } = await call.json(accepted, {
        method: 'POST',
        path: '/envelope/',
        content: { mediaType: ENVELOPE_TYPE, bytes: envelope(event) },
      });
      return { output: { id } satisfies IssueOutput };
    },
  },
});

function eventOf({ title, body, labels = [], repository }: IssueInput, call: VendorCall): SentryEvent {
  const wanted = level.safeParse(call.config['level']);
  if (!wanted.success)
    throw new OmniError('validation', 'config.level must be fatal, error, warning, info or debug.', {
      provider: call.far.provider,
    });
  return {
    id: createHash('sha256').update(call.idempotencyKey).digest('hex').slice(0, 32),
    message: title,
    level: wanted.data,
    atMs: Date.now(),
    fingerprint: [title],
    tags: {
      ...(labels.length === 0 ? {} : { labels: labels.join(',').slice(0, 200) }),
      ...(repository === undefined ? {} : { repository }),
    },
    ...(body === undefined ? {} : { extra: { body } }),
  };
}

/** `60:error;transaction:organization`: seconds, then the kinds that it is for, none meaning all. */
function limited({ status, headers }: Refusal): Verdict | undefined {
  if (status !== 429 || headers.has('retry-after')) return undefined;
  const waits = (headers.get('x-sentry-rate-limits') ?? '').split(',').flatMap((limit) => {
    const [seconds = '', kinds = ''] = limit.trim().split(':');
    const ours = kinds === '' || kinds.split(';').some((kind) => kind === 'error' || kind === 'default');
    return ours && /^\d+$/.test(seconds) ? [Number(seconds) * 1000] : [];
  });
  return waits.length === 0 ? undefined : { retryAfterMs: Math.min(3_600_000, Math.max(...waits)) };
}

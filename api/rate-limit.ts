/** Limits how many requests a caller may send in a minute, by what they do (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/). */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { RateLimits, RequestClass } from '../src/config/shapes';
import { OmniError } from '../src/plan/problem';
import type { RequestRateTable } from '../src/store/request-rate-table';
import { createAllowances } from './allowance';
import { knownCaller } from './authenticate';

export interface RateLimitParts {
  /** Requests in a minute by class; without a number there is no limit. */
  readonly rateLimits: RateLimits;
  readonly rates: RequestRateTable;
  readonly logger: Logger;
}

const WINDOW_S = 60;

/** Probes and scrapers come on their own clock, and must be answered most of all when there is much to do. */
const FREE = /^\/(healthz|readyz|metrics)$/;

const LOGIN = /^\/(sessions?|login)(\/|$)/;

/** What begins work for the engine. */
const STARTS = [
  /^\/workflows\/[^/]+\/(execute|schedules\/trigger)$/,
  /^\/executions\/[^/]+\/rerun$/,
  /^\/(events|hooks\/[^/]+|tools\/[^/]+\/[^/]+\/[^/]+|testing\/scenarios\/[^/]+\/run)$/,
];

export function classOf(method: string, path: string): RequestClass | undefined {
  if (FREE.test(path)) return undefined;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'read';
  if (LOGIN.test(path)) return 'login';
  return STARTS.some((pattern) => pattern.test(path)) ? 'start' : 'write';
}

/** Answers tell what is left; beyond it 429 with `Retry-After`. */
export function limitRate({ rateLimits, rates, logger }: RateLimitParts): RequestHandler {
  const take = createAllowances({
    table: rates,
    now: () => Date.now(),
    onDown: (error) => logger.warn({ err: error }, 'requests are counted by this process alone'),
  });
  return async (request, response, next) => {
    const one = classOf(request.method, request.path.replace(/(?<=.)\/$/, ''));
    const quota = one === undefined ? undefined : rateLimits[one];
    if (one === undefined || quota === undefined) {
      next();
      return;
    }
    const verdict = await take({ key: keyOf(one, callerOf(request, response)), quota, windowMs: WINDOW_S * 1000 });
    response.set('RateLimit-Policy', `"${one}";q=${quota};w=${WINDOW_S}`);
    response.set('RateLimit', `"${one}";r=${verdict.remaining};t=${Math.ceil(verdict.wholeInMs / 1000)}`);
    if (verdict.allowed) next();
    else
      throw new OmniError(
        'rate-limited',
        `More than ${quota} requests of the class ${one} within a minute. Wait as long as Retry-After says, or have OMNI_RATE_LIMITS raised.`,
        { retryAfterMs: verdict.retryAfterMs },
      );
  };
}

/** Who is known counts under his id wherever he comes from, others under their address. */
function callerOf({ ip = '' }: Request, response: Response): string {
  const caller = knownCaller(response);
  return caller === undefined ? `address ${networkOf(ip)}` : `caller ${caller.id}`;
}

/** With IPv6 everybody has a whole network of addresses: its first half is what counts. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return groups.slice(0, 4).join(':');
}

function keyOf(one: RequestClass, caller: string): string {
  return createHash('sha256').update(`${one} ${caller}`).digest('base64url');
}

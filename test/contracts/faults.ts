/** Every fault that a provider must stand, and the typed error that it must become. */
import type { BuiltInProblemType } from '../../src/plan/problem';
import type { Fault } from '../stubs/faults';

export interface FaultCase {
  readonly name: string;
  /** Given the origin of another server, which must never be called. */
  readonly fault: (elsewhere: string) => Fault;
  readonly type: BuiltInProblemType;
  readonly retryable: boolean;
  /** Least and most milliseconds of `retryAfterMs`; absent: none is told. */
  readonly waits?: readonly [number, number];
  readonly onlyJson?: true;
  /** It stands inside a 200. */
  readonly inside?: 'body' | 'choice';
}

type Outcome = Pick<FaultCase, 'type' | 'retryable' | 'waits' | 'onlyJson' | 'inside'>;

const final = (type: BuiltInProblemType): Outcome => ({ type, retryable: false });
const again = (type: BuiltInProblemType, waits?: readonly [number, number]): Outcome => ({
  type,
  retryable: true,
  ...(waits === undefined ? {} : { waits }),
});

const STATUS: readonly (readonly [number, Outcome])[] = [
  [400, final('validation')],
  [401, final('authentication')],
  [402, final('tool-error')],
  [403, final('authorization')],
  [404, final('not-found')],
  [405, final('method-not-allowed')],
  [408, again('timeout')],
  [409, again('conflict')],
  [413, final('too-large')],
  [415, final('unsupported-media-type')],
  [418, final('tool-error')],
  [422, final('validation')],
  [429, again('rate-limited')],
  [500, again('provider-unavailable')],
  [502, again('provider-unavailable')],
  [503, again('provider-unavailable')],
  [529, again('provider-unavailable')],
];

const HOUR = 3_600_000;
const date = (ms: number): string => new Date(Date.now() + ms).toUTCString();
const WAITS: readonly (readonly [string, number, () => Record<string, string>, Outcome])[] = [
  ['in seconds', 429, () => ({ 'retry-after': '2' }), again('rate-limited', [2000, 2000])],
  [
    'in milliseconds',
    429,
    () => ({ 'retry-after-ms': '1500', 'retry-after': '9' }),
    again('rate-limited', [1500, 1500]),
  ],
  ['as a date', 429, () => ({ 'retry-after': date(5000) }), again('rate-limited', [2500, 5000])],
  ['as a date gone by', 429, () => ({ 'retry-after': date(-60_000) }), again('rate-limited', [0, 0])],
  ['of thirty years', 429, () => ({ 'retry-after': '1000000000' }), again('rate-limited', [HOUR, HOUR])],
  ['as a date in thirty years', 429, () => ({ 'retry-after': date(1e12) }), again('rate-limited', [HOUR, HOUR])],
  ['below zero', 429, () => ({ 'retry-after': '-5' }), again('rate-limited')],
  ['of nonsense', 429, () => ({ 'retry-after': 'soon' }), again('rate-limited')],
  ['of a failing server', 503, () => ({ 'retry-after': '3' }), again('provider-unavailable', [3000, 3000])],
  ['with 402 while a spending window is full', 402, () => ({ 'retry-after': '4' }), again('tool-error', [4000, 4000])],
];

const json = (outcome: Outcome): Outcome => ({ ...outcome, onlyJson: true });
const inside = (where: 'body' | 'choice', outcome: Outcome): Outcome => ({ ...json(outcome), inside: where });
const BROKEN: readonly (readonly [string, (elsewhere: string) => Fault, Outcome])[] = [
  ['a connection cut before the answer', () => ({ kind: 'cut', after: 'request' }), again('provider-unavailable')],
  ['a connection cut in the middle of the body', () => ({ kind: 'cut', after: 'half' }), again('provider-unavailable')],
  ['garbage', () => ({ kind: 'garbage' }), again('tool-error')],
  ['truncated JSON', () => ({ kind: 'truncated' }), json(again('tool-error'))],
  ['broken UTF-8', () => ({ kind: 'bad-utf8' }), json(again('tool-error'))],
  ['broken compression', () => ({ kind: 'broken-gzip' }), again('tool-error')],
  ['a page of HTML', () => ({ kind: 'media-type' }), again('tool-error')],
  ['an answer of another shape', () => ({ kind: 'misfit' }), again('tool-error')],
  [
    '200 with a rate limit inside',
    () => ({ kind: 'error-inside', at: 'body', code: 429 }),
    inside('body', again('rate-limited')),
  ],
  [
    '200 with a lack of credit inside',
    () => ({ kind: 'error-inside', at: 'body', code: 402 }),
    inside('body', final('tool-error')),
  ],
  [
    '200 with a failed choice inside',
    () => ({ kind: 'error-inside', at: 'choice', code: 502 }),
    inside('choice', again('provider-unavailable')),
  ],
  [
    'a redirect to another origin',
    (to) => ({ kind: 'redirect', status: 307, location: `${to}/x` }),
    final('tool-error'),
  ],
  ['a redirect to nowhere', () => ({ kind: 'redirect', status: 302, location: 'http://' }), final('tool-error')],
];

export const FAULTS: readonly FaultCase[] = [
  ...STATUS.map(([status, outcome]) => ({
    name: `${status} is ${outcome.type}`,
    fault: (): Fault => ({ kind: 'status', status }),
    ...outcome,
  })),
  ...WAITS.map(([what, status, headers, outcome]) => ({
    name: `Retry-After ${what} is heeded`,
    fault: (): Fault => ({ kind: 'status', status, headers: headers() }),
    ...outcome,
  })),
  ...BROKEN.map(([what, fault, outcome]) => ({ name: `${what} is ${outcome.type}`, fault, ...outcome })),
];

/** Answers that would fill the memory. */
export const GREEDY: readonly (readonly [string, Fault])[] = [
  ['a body of 1 GB', { kind: 'huge', bytes: 2 ** 30 }],
  ['a gzip bomb of 1 GB', { kind: 'bomb' }],
];

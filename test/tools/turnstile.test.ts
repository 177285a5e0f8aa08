/** What a provider's calls pass: limits, breaker, and the account of how they go. */
import { describe, expect, test } from '@jest/globals';
import { OmniError, type BuiltInProblemType } from '../../src/plan/problem';
import { createTurnstile, isShut, type Pass, type Shut, type Turnstile } from '../../src/tools/turnstile';

function through(turnstile: Turnstile): Pass {
  const entered = turnstile.enter();
  if (isShut(entered)) throw new Error(`shut: ${entered.reason}`);
  return entered;
}

function shut(turnstile: Turnstile): Shut {
  const entered = turnstile.enter();
  if (isShut(entered)) return entered;
  throw new Error('it let a call through');
}

const error = (type: BuiltInProblemType, options = {}): OmniError => new OmniError(type, `failed as ${type}`, options);
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The breaker learns how a call went in the next tick. */
async function failing(turnstile: Turnstile, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) through(turnstile).failed(error('provider-unavailable'));
  await later(0);
}

describe('the rate', () => {
  test('lets the burst through at once, then as many a second, and saves no more than the burst', () => {
    let now = 0;
    const turnstile = createTurnstile({ perSecond: 2, burst: 3 }, () => now);
    for (let count = 0; count < 3; count += 1) through(turnstile).succeeded();
    expect(shut(turnstile)).toMatchObject({ why: 'limit', waitMs: 500 });
    now = 500;
    through(turnstile).succeeded();
    expect(shut(turnstile).waitMs).toBe(500);
    now = 1_000_000;
    for (let count = 0; count < 3; count += 1) through(turnstile).succeeded();
    expect(shut(turnstile).why).toBe('limit');
  });

  test('sends those who wait home with times that lie apart', () => {
    const turnstile = createTurnstile({ perSecond: 4 }, () => 0);
    expect([1, 2, 3].map(() => turnstile.queue(100))).toEqual([250, 500, 750]);
  });

  test('a call that was never made is given back', () => {
    const turnstile = createTurnstile({ perSecond: 1, concurrent: 1 }, () => 0);
    through(turnstile).unused();
    through(turnstile).succeeded();
    expect(turnstile.standing()).toMatchObject({ underWay: 0, calls: 1 });
  });
});

describe('calls under way', () => {
  test('are bounded, and every end makes room', () => {
    const turnstile = createTurnstile({ concurrent: 2 });
    const [first, second] = [through(turnstile), through(turnstile)];
    expect(shut(turnstile)).toMatchObject({ why: 'limit' });
    first.failed(error('validation'));
    through(turnstile).failed(error('cancelled'));
    second.succeeded();
    expect(turnstile.standing().underWay).toBe(0);
  });
});

describe('the breaker', () => {
  test('opens after failures in a row, lets one call try, and closes when that one succeeds', async () => {
    const turnstile = createTurnstile({ failures: 3, openMs: 60 });
    await failing(turnstile, 2);
    through(turnstile).succeeded();
    await failing(turnstile, 2);
    expect(turnstile.standing().breaker).toBe('closed');
    await failing(turnstile, 1);
    expect(shut(turnstile)).toMatchObject({ why: 'open', reason: expect.stringContaining('failed 3 times in a row') });
    expect(turnstile.standing()).toMatchObject({ breaker: 'open', shutUntil: expect.any(String) });
    await later(70);
    const trial = through(turnstile);
    expect(turnstile.standing().breaker).toBe('half-open');
    expect(shut(turnstile).why).toBe('open');
    trial.succeeded();
    await later(0);
    expect(turnstile.standing().breaker).toBe('closed');
    through(turnstile).succeeded();
  });

  test('stays open when the trial fails, and when it is cancelled', async () => {
    const turnstile = createTurnstile({ failures: 1, openMs: 40 });
    await failing(turnstile, 1);
    for (const type of ['provider-unavailable', 'cancelled'] as const) {
      await later(50);
      through(turnstile).failed(error(type));
      await later(0);
      expect(turnstile.standing().breaker).toBe('open');
      expect(shut(turnstile).why).toBe('open');
    }
  });

  test('counts what is the trouble of the provider, and nothing else', async () => {
    const turnstile = createTurnstile({ failures: 1 });
    for (const type of [
      'validation',
      'authentication',
      'not-found',
      'tool-error',
      'rate-limited',
      'cancelled',
    ] as const)
      through(turnstile).failed(error(type));
    through(turnstile).failed(error('provider-unavailable', { retryable: false }));
    // The step allowed itself less time than anybody needs.
    through(turnstile).failed(error('timeout'));
    await later(0);
    expect(turnstile.standing()).toMatchObject({ breaker: 'closed', errorRate: 1, underWay: 0 });
  });

  test('a timeout counts when there was time', async () => {
    let now = 0;
    const turnstile = createTurnstile({ failures: 1 }, () => now);
    const pass = through(turnstile);
    now = 2_500;
    pass.failed(error('timeout'));
    await later(0);
    expect(turnstile.standing().breaker).toBe('open');
  });
});

test('a provider that asks to be left alone is left alone by everybody, for as long as it said, a minute at most', () => {
  let now = 0;
  const turnstile = createTurnstile({}, () => now);
  through(turnstile).failed(error('rate-limited', { retryAfterMs: 5_000 }));
  expect(shut(turnstile)).toMatchObject({ why: 'paused', waitMs: 5_000 });
  now = 5_000;
  through(turnstile).failed(error('rate-limited', { retryAfterMs: 3_600_000 }));
  expect(shut(turnstile).waitMs).toBe(60_000);
});

test('a provider whose calls go apart is shut by none of them: neither by failures nor by a wish to be left alone', async () => {
  const turnstile = createTurnstile({ apart: true, concurrent: 2 });
  await failing(turnstile, 20);
  through(turnstile).failed(error('rate-limited', { retryAfterMs: 5_000 }));
  through(turnstile);
  expect(turnstile.standing()).toMatchObject({ breaker: 'closed', underWay: 1, errorRate: 1 });
  through(turnstile);
  expect(shut(turnstile).why).toBe('limit');
});

test('what is said of late forgets calls of more than five minutes ago, and knows the time of successes alone', () => {
  let now = 0;
  const turnstile = createTurnstile({ failures: 1_000 }, () => now);
  const call = (tookMs: number, ok: boolean): void => {
    const pass = through(turnstile);
    now += tookMs;
    if (ok) pass.succeeded();
    else pass.failed(error('tool-error'));
  };
  expect(turnstile.lately()).toEqual({ calls: 0 });
  call(1, false);
  expect(turnstile.lately()).toEqual({ calls: 1, errorRate: 1 });
  for (const tookMs of [900, 200, 300]) call(tookMs, true);
  expect(turnstile.lately()).toEqual({ calls: 4, errorRate: 0.25, latencyMs: 300 });
  now += 5 * 60_000 - 250;
  expect(turnstile.lately()).toEqual({ calls: 1, errorRate: 0, latencyMs: 300 });
  now += 250;
  expect(turnstile.lately()).toEqual({ calls: 0 });
});

test('the account tells median, error rate and the last error, of the last hundred calls', () => {
  let now = 0;
  const turnstile = createTurnstile({ failures: 1_000 }, () => now);
  expect(turnstile.standing()).toEqual({ breaker: 'closed', underWay: 0, calls: 0, limits: { failures: 1_000 } });
  for (let count = 0; count < 150; count += 1) {
    const pass = through(turnstile);
    now += count < 60 ? 9_000 : 20;
    if (count % 2 === 0) pass.succeeded();
    else pass.failed(error('tool-error'));
  }
  expect(turnstile.standing()).toMatchObject({
    calls: 100,
    errorRate: 0.5,
    latencyMs: 20,
    lastError: { type: 'tool-error', detail: 'failed as tool-error', at: new Date(now).toISOString() },
  });
});

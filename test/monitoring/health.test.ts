/** Health: what counts as dead, what as degraded, and what is remembered of it. */
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createClean } from '../../src/monitoring/clean-text';
import type { HealthCheck, HealthReport } from '../../src/monitoring/health';
import { createHealth } from '../../src/monitoring/health';
import { quiet } from '../support';

const health = (...checks: HealthCheck[]) => createHealth(checks, { logger: quiet });
const well: HealthCheck = { name: 'well', needed: true, ask: () => Promise.resolve() };
const down = (error: Error) => () => Promise.reject(error);
const states = ({ status, parts }: HealthReport) => [status, ...parts.map(({ state }) => state)];

test('only what is needed decides whether the process serves', async () => {
  const ask = down(new Error('gone'));
  expect(states(await health(well).look())).toEqual(['ok', 'healthy']);
  expect(states(await health(well, { name: 'x', needed: false, ask }).look())).toEqual([
    'degraded',
    'healthy',
    'degraded',
  ]);
  expect(states(await health(well, { name: 'x', needed: true, ask }).look())).toEqual([
    'unavailable',
    'healthy',
    'unhealthy',
  ]);
});

test('a part that says that something is amiss is degraded, also where it is needed', async () => {
  const { status, parts } = await health({ ...well, ask: () => Promise.resolve('two of three answer') }).look();
  expect([status, parts[0]]).toEqual([
    'degraded',
    expect.objectContaining({ state: 'degraded', detail: 'two of three answer' }),
  ]);
});

test('what does not answer in time counts as absent, and one answer serves all who wait', async () => {
  let asked = 0;
  const never: HealthCheck = {
    ...{ name: 'never', needed: true, deadlineMs: 50 },
    ask: () => new Promise(() => (asked += 1)),
  };
  const one = health(never);
  const [first, second] = await Promise.all([one.look(), one.look()]);
  expect(asked).toBe(1);
  expect(first).toEqual(second);
  expect(first.parts[0]).toMatchObject({ state: 'unhealthy', deadlineMs: 50, detail: 'No answer within 50 ms.' });
  expect(first.parts[0]?.latencyMs).toBeGreaterThanOrEqual(49);
});

test('the last error is told after recovery too, without secrets; a good answer is kept, a bad one is not', async () => {
  const answers: (Error | undefined)[] = [new Error('connect to postgres://app:s3cretword@db failed'), undefined];
  let asked = 0;
  const ask = (): Promise<void> => {
    const answer = answers[asked++];
    return answer === undefined ? Promise.resolve() : Promise.reject(answer);
  };
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const one = createHealth([{ name: 'database', needed: true, keepMs: 600_000, ask }], {
    logger,
    clean: createClean(['s3cretword']),
  });
  const [bad, good, kept] = [await one.look(), await one.look(), await one.look()];
  expect(asked).toBe(2);
  expect(states(bad)).toEqual(['unavailable', 'unhealthy']);
  expect(kept).toEqual(good);
  const [part] = good.parts;
  expect(part).toMatchObject({ state: 'healthy', lastError: { at: bad.parts[0]?.checkedAt } });
  expect(part).not.toHaveProperty('detail');
  expect(JSON.stringify([bad, good])).toContain('[hidden]');
  expect(JSON.stringify([bad, good])).not.toContain('s3cretword');
  // Once when it breaks, once when it is mended.
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'a part of this process is not healthy',
    'a part of this process is healthy again',
  ]);
});

test('errors of sockets that say nothing by themselves are told by their codes', async () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  const { parts } = await health({ ...well, ask: down(new AggregateError([refused, new Error('late')])) }).look();
  expect(parts[0]?.detail).toBe('ECONNREFUSED; late');
});

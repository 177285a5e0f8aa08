import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Listening } from '../../api/server';
import { createHealth } from '../../src/monitoring/health';
import { startHealthServer } from '../../src/monitoring/health-server';
import { acceptsHost, hostName } from '../../src/monitoring/host-names';
import { createMetrics } from '../../src/monitoring/metrics';
import { quiet } from '../support';
import { openBareDoor, sendRaw } from './bare-door';

let door: Listening;
beforeAll(async () => {
  door = await openBareDoor({ publicHosts: ['omni.example.com'] });
});
afterAll(() => door.close());

const get = async (host: string): Promise<string> =>
  (await sendRaw(door.url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12);

test('on loopback only loopback’s names and the public ones are served, so that no page’s own name leads here', async () => {
  for (const host of [
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1:9',
    '[::1]:3000',
    'omni.example.com',
    'omni.example.com:443',
  ])
    expect([host, await get(host)]).toEqual([host, '200']);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.example',
    '10.0.0.1',
    'a b',
    '[::1',
    'x@localhost',
  ])
    expect([host, await get(host)]).toEqual([host, '421']);
});

test('a name is read without its port, brackets and last full stop', () => {
  expect(hostName('[::1]:3000')).toBe('::1');
  expect(hostName('Omni.Example.COM.:443')).toBe('omni.example.com');
  for (const odd of ['', 'a/b', 'a:b:c', 'user@a', 'a:123456', 'a\u0000']) expect(hostName(odd)).toBeUndefined();
});

test('on a network every name is served until the public ones are told; addresses always are', () => {
  const open = acceptsHost({ host: '0.0.0.0', publicHosts: [] });
  expect(['api:3000', '10.1.2.3', 'evil.example'].map(open)).toEqual([true, true, true]);
  const told = acceptsHost({ host: '0.0.0.0', publicHosts: ['Omni.example.com'] });
  expect(['omni.example.com', '10.1.2.3:3000', '[fd00::1]', 'evil.example'].map(told)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

describe('a change that a page asks for', () => {
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${door.url}/events`, { method: 'POST', headers })).status;

  test('is refused when the page is of another site, by whichever header says so', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'file://',
      `http://127.0.0.1:1`,
      'https://omni.example.com.evil.example',
    ])
      expect([origin, await ask({ Origin: origin })]).toEqual([origin, 403]);
    expect(await ask({ 'Sec-Fetch-Site': 'same-site' })).toBe(403);
  });

  test('goes on when it is one of our own', async () => {
    for (const headers of [
      {},
      { Origin: door.url },
      { Origin: 'https://omni.example.com' },
      { 'Sec-Fetch-Site': 'none' },
    ])
      expect(await ask(headers)).toBe(204);
  });
});

test('the health port of a worker looks at the name too', async () => {
  const options = {
    host: '127.0.0.1',
    port: 0,
    healthy: () => true,
    health: createHealth([], { logger: quiet }),
    metrics: createMetrics(),
  };
  const health = await startHealthServer(options);
  const ask = async (host: string): Promise<string> =>
    (await sendRaw(health.url, `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12);
  expect([await ask('localhost'), await ask('evil.example')]).toEqual(['200', '421']);
  await health.close();
});

import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createApp } from '../../api/app';
import type { Listening } from '../../api/server';
import { listen } from '../../api/server';
import type { ApiDependencies } from '../../api/dependencies';
import { createDashboard } from '../../src/library/dashboard';
import type { HealthCheck } from '../../src/monitoring/health';
import { createHealth } from '../../src/monitoring/health';
import { createMetrics } from '../../src/monitoring/metrics';
import { quiet } from '../support';
import type { Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

/** Servers of single tests, on the same parts. */
const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Of a needed part, or of one that is not. */
const health = (ask: HealthCheck['ask'], { needed = true } = {}) =>
  createHealth([{ name: 'database', needed, ask }], { logger: quiet });

async function another(
  changes: Partial<ApiDependencies> = {},
  drainMs = 10_000,
): Promise<{ url: string; server: Listening; logs: string[] }> {
  const logs: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs.push(chunk.toString());
      done();
    },
  });
  const { executions, schedules, agents, catalogue, security, settings, harness } = door;
  const well = health(() => harness.store.ping());
  const api = createApp({
    executions,
    schedules,
    agents,
    webhookSecrets: () => [],
    catalogue,
    audit: door.audit,
    security,
    settings,
    registry: harness.registry,
    partials: harness.store.partials,
    logger: pino({ level: 'debug' }, sink),
    metrics: createMetrics(),
    monitoring: harness.monitoring,
    version: '0.1.0',
    health: well,
    dashboard: createDashboard({ ...harness, health: well }),
    ...changes,
  });
  const server = await listen(api, { host: '127.0.0.1', port: 0, drainMs });
  servers.push(server);
  return { url: server.url, server, logs };
}

describe('health', () => {
  test('is public and without detail', async () => {
    const { url } = await another();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ok' });
  });

  test('a part that fails makes it not ready, and only those who may look are told which', async () => {
    const broken = health(() => Promise.reject(new Error('password wrong')));
    const { url } = await another({ health: broken });
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).not.toMatch(/database|password/);
    const seen = await fetch(`${url}/readyz`, { headers: door.authorization });
    expect([seen.status, await seen.json()]).toEqual([
      503,
      expect.objectContaining({
        data: { checks: [expect.objectContaining({ name: 'database', state: 'unhealthy', detail: 'password wrong' })] },
      }),
    ]);
    const looking = await fetch(`${url}/readyz`, { headers: await door.as('victor', ['viewer']) });
    expect([looking.status, await looking.text()]).toEqual([503, expect.not.stringMatching(/database|password/)]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('without a part that is not needed it serves, and says that something is amiss', async () => {
    const limping = health(() => Promise.reject(new Error('password wrong')), { needed: false });
    const { url } = await another({ health: limping });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'degraded' }]);
    const seen = await fetch(`${url}/readyz`, { headers: door.authorization });
    expect(await seen.json()).toMatchObject({
      status: 'degraded',
      checks: [{ name: 'database', needed: false, state: 'degraded', lastError: { detail: 'password wrong' } }],
    });
  });
});

describe('what is written down', () => {
  test('a request leaves a line without payload, query, headers or addresses of people', async () => {
    const { url, logs } = await another();
    const secret = 'canary-7391';
    await fetch(`${url}/workflows/greeter/execute?trace=${secret}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...door.authorization, 'X-Said': secret, Cookie: `a=${secret}` },
      body: JSON.stringify({ payload: { userId: secret, text: secret }, context: { mail: secret } }),
    });
    await fetch(`${url}/executions/${secret}`, { headers: { Authorization: `Bearer ${secret}` } });
    await pause(50);
    expect(logs.join('')).toContain('/workflows/{name}/execute');
    expect(logs.join('')).not.toContain(secret);
  });

  test('a defect is told to the log, not to the client', async () => {
    const broken = { ...door.catalogue, list: () => Promise.reject(new Error('secret inside')) };
    const { url, logs } = await another({ catalogue: broken });
    const response = await fetch(`${url}/workflows`, { headers: door.authorization });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret inside');
    const id = response.headers.get('x-request-id') ?? 'none';
    expect(text).toContain(id);
    expect(logs.join('')).toContain('secret inside');
    expect(logs.join('')).toContain(id);
  });

  test('metrics count requests by declared route', async () => {
    const { url } = await another();
    const known = { headers: door.authorization };
    await (await fetch(`${url}/workflows/greeter`, known)).text();
    await (await fetch(`${url}/nothing`, known)).text();
    const text = await (await fetch(`${url}/metrics`, known)).text();
    expect(text).toContain('orchestrator_requests_total{method="GET",route="/workflows/{name}",status="200"} 1');
    expect(text).toContain('orchestrator_requests_total{method="GET",route="none",status="404"} 1');
  });

  test('answers carry the usual protections', async () => {
    const { headers } = await fetch(`${door.url}/workflows`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('stopping', () => {
  const start = (url: string, ms: number, wait: number): Promise<Response> =>
    fetch(`${url}/workflows/sleeper/execute`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: `wait=${wait}`, ...door.authorization },
      body: JSON.stringify({ payload: { ms } }),
    });

  test('a request that waits is answered 202 at once, a stream ends, and no new connection is taken', async () => {
    const { url, server } = await another();
    const waiting = start(url, 5000, 30);
    await pause(1000);
    const { body } = await door.ask('GET', '/executions?workflow=sleeper&status=running');
    const running = (body.executions as { executionId: string }[])[0]?.executionId;
    const stream = fetch(`${url}/executions/${running}/events`, { headers: door.authorization }).then((response) =>
      response.text(),
    );
    await pause(500);
    const before = Date.now();
    await server.close();
    expect(Date.now() - before).toBeLessThan(3000);
    expect((await waiting).status).toBe(202);
    expect(await stream).not.toContain('event: end');
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test('a port in use is named with the setting that changes it', async () => {
    const { url } = await another();
    const api = { handler: (await import('express')).default(), drain: () => undefined };
    await expect(listen(api, { host: '127.0.0.1', port: Number(new URL(url).port) })).rejects.toThrow(/PORT/);
  });
});

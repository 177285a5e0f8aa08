/** MCP servers over streamable HTTP: the reference server itself, and servers that refuse. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { McpSource } from '../../../src/config/shapes';
import { createDoor } from '../../../src/providers/http/door';
import { addMoreTools } from '../../../src/providers/more-tools';
import { ToolRegistry } from '../../../src/tools/registry';
import { EVERYTHING, toolConfig } from './everything';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-mcp-'));
const closers: (() => unknown)[] = [];
let child: ChildProcess;
let url = '';

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

beforeAll(async () => {
  const port = await freePort();
  child = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: 'ignore',
  });
  url = `http://127.0.0.1:${port}/mcp`;
  for (let look = 0; look < 100; look += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await pause(100);
  }
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true });
});

const remote = (to: string, headers: Record<string, string> = {}): McpSource => ({
  mcp: 'remote',
  url: to,
  headers,
  tools: {},
  timeoutMs: 5_000,
});

async function open(source: McpSource, allow: readonly string[] = ['127.0.0.1']) {
  const door = createDoor({ allow, ownPorts: [] });
  const registry = new ToolRegistry([], []);
  const warnings: string[] = [];
  closers.push(
    () => door.close(),
    () => registry.close(),
  );
  const config = {
    ...toolConfig(folder, [source], { variables: { KEY: 'hush-2' } }),
    environment: 'production' as const,
  };
  await addMoreTools(registry, { config, door, warn: (text) => warnings.push(text) });
  return { registry, warnings };
}

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

describe('over HTTP', () => {
  test('tools are discovered, and the server pinged', async () => {
    const { registry, warnings } = await open(remote(url));
    expect(warnings).toEqual([]);
    expect(registry.contract('remote.get-sum')).toBeDefined();
    await registry.provider('remote')?.probe?.(AbortSignal.timeout(5_000));
  });

  test('an address that is not public is refused unless it is allowed', async () => {
    expect((await open(remote(url), [])).warnings).toEqual([expect.stringContaining('OMNI_OUTGOING_ALLOW')]);
  });

  test.each([
    [401, 'does not accept the key'],
    [404, 'knows no such address'],
    [500, 'it fails'],
    [429, 'too many requests'],
  ])('%d is told in our own words, without the key', async (status, words) => {
    const seen: (string | undefined)[] = [];
    const at = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(status).end(`no: ${request.headers.authorization}`);
    });
    const { warnings } = await open(remote(at, { authorization: 'Bearer ${KEY}' }));
    expect(new Set(seen)).toEqual(new Set(['Bearer hush-2']));
    expect(warnings).toEqual([expect.stringContaining(words)]);
    expect(warnings.join()).not.toContain('hush-2');
  });

  test('redirects to elsewhere are not followed', async () => {
    let reached = false;
    const trap = await serve((_, response) => {
      reached = true;
      response.end();
    });
    const { warnings } = await open(
      remote(await serve((_, response) => response.writeHead(307, { location: trap }).end())),
    );
    expect(warnings).toHaveLength(1);
    expect(reached).toBe(false);
  });

  test('an answer that is cut, endless or no protocol at all is an error before its time is over', async () => {
    const cut: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: message\ndata: {');
      setTimeout(() => response.destroy(), 50);
    };
    const endless: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const strange: RequestListener = (_, response) => response.end('<html>');
    for (const listener of [cut, endless, strange]) {
      const began = Date.now();
      const { warnings } = await open(remote(await serve(listener)));
      expect(warnings).toHaveLength(1);
      expect(Date.now() - began).toBeLessThan(10_000);
    }
  });
});

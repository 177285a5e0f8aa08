/** The guarded way out: what an address is taken for, and that the address that was checked is the one that is connected to. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createAddressPolicy } from '../../../src/providers/http/address-policy';
import { createHttp } from '../../../src/providers/http/client';
import { createDoor, type Door } from '../../../src/providers/http/door';
import { failureOf } from '../../contracts/provider';

const servers: Server[] = [];
const doors: Door[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const door of doors.splice(0)) await door.close();
});

async function listen(location?: string): Promise<{ port: number; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    if (location !== undefined && request.url === '/away') response.writeHead(307, { location }).end();
    else response.setHeader('content-type', 'application/json').end('{"inside":true}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, paths };
}

function guarded(
  baseUrl: string,
  { allow = [], ownPorts = [], lookup }: { allow?: string[]; ownPorts?: number[]; lookup?: LookupFunction } = {},
) {
  const door = createDoor({ allow, ownPorts, ...(lookup === undefined ? {} : { lookup }) });
  doors.push(door);
  const far = { provider: 'http', keyVariable: 'NONE', baseUrlVariable: 'NONE' };
  const client = createHttp({ ...far, baseUrl, trusted: false, door, headers: {}, now: () => 0 });
  return (path = '/x') =>
    client.json({
      method: 'GET',
      path,
      accepts: 'application/json',
      timeoutMs: 3000,
      signal: new AbortController().signal,
    });
}

/** Answers one address after the other, the last one for ever. */
function resolver(...answers: readonly (readonly string[])[]): LookupFunction & { readonly asked: () => number } {
  let count = 0;
  const lookup: LookupFunction = (_, options, done) => {
    const found = (answers[Math.min(count, answers.length - 1)] ?? []).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    count += 1;
    if (options.all === true) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  };
  return Object.assign(lookup, { asked: () => count });
}

/** Every way of writing an address of this machine or of the inside that we know of. */
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '127.0.1.1',
  '0x7f000001',
  '0x7f.0.0.1',
  '2130706433',
  '0177.0.0.1',
  '017700000001',
  '①②⑦.⓪.⓪.①',
  '0',
  '0.0.0.0',
  'localhost',
  'LOCALHOST',
  '[::1]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '169.254.169.254',
  '169.254.170.2',
  '0xa9fea9fe',
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.0.1',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];

describe('the guarded way out', () => {
  test.each(INSIDE)('does not go to %s', async (host) => {
    const { port, paths } = await listen();
    const error = await failureOf(guarded(`http://${host}:${port}`)());
    expect(error.problem.type).toBe('policy');
    expect(error.retryable).toBe(false);
    expect(error.message).toContain('OMNI_OUTGOING_ALLOW');
    expect(paths).toEqual([]);
  });

  test('does not go to a name that resolves inside, not even when only one of its addresses is inside', async () => {
    const { port, paths } = await listen();
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:10.0.0.1'], []]) {
      const error = await failureOf(guarded(`http://evil.example:${port}`, { lookup: resolver(addresses) })());
      expect(error.problem.type).toBe('policy');
    }
    expect(paths).toEqual([]);
  });

  test('does not take localhost with a dot for a name of the internet', async () => {
    const error = await failureOf(guarded('http://localhost.:8080', { lookup: resolver(['127.0.0.1']) })());
    expect(error.problem.type).toBe('policy');
  });

  test('connects to the very address that it checked: a name that changes its mind is asked once per connection', async () => {
    const { port, paths } = await listen();
    const lookup = resolver(['203.0.112.1'], ['127.0.0.1']);
    const door = guarded(`http://rebind.example:${port}`, { lookup });
    const first = await failureOf(door());
    expect(['timeout', 'provider-unavailable']).toContain(first.problem.type);
    expect(lookup.asked()).toBe(1);
    expect((await failureOf(door())).problem.type).toBe('policy');
    expect(paths).toEqual([]);
  });

  test.each([['file:///etc/passwd'], ['http://127.0.0.1/'], ['gopher://x'], ['//localhost/'], ['http://[::1]/']])(
    'does not follow a redirect to %s',
    async (location) => {
      const { port, paths } = await listen(location);
      const error = await failureOf(guarded(`http://127.0.0.1:${port}`, { allow: ['127.0.0.1'] })('/away'));
      expect(error.problem.type).toBe('tool-error');
      expect(paths).toEqual(['/away']);
    },
  );

  test('goes where the operator allows it, by address, range or name, and to no other port', async () => {
    const { port } = await listen();
    const url = `http://127.0.0.1:${port}`;
    for (const allow of [
      ['127.0.0.1'],
      ['127.0.0.0/8'],
      [`127.0.0.1:${port}`],
      [`127.0.0.0/8:${port}`],
      ['::1', '127.0.0.1'],
    ])
      await expect(guarded(url, { allow })()).resolves.toEqual({ inside: true });
    const named = { allow: ['stub.internal'], lookup: resolver(['127.0.0.1']) };
    await expect(guarded(`http://stub.internal:${port}`, named)()).resolves.toEqual({ inside: true });
    for (const allow of [['127.0.0.1:1'], ['127.0.0.2'], ['10.0.0.0/8'], ['stub.internal']])
      expect((await failureOf(guarded(url, { allow })())).problem.type).toBe('policy');
  });

  test("never goes to the platform's own ports on this machine, whatever is allowed", async () => {
    const { port } = await listen();
    const error = await failureOf(guarded(`http://127.0.0.1:${port}`, { allow: ['127.0.0.0/8'], ownPorts: [port] })());
    expect(error.problem.type).toBe('policy');
  });

  test('an address with a user or another scheme is refused without being quoted', async () => {
    for (const baseUrl of ['http://user:secret@203.0.113.9', 'file:///etc/passwd', 'data:,x'])
      expect((await failureOf(guarded(baseUrl)('')).catch((error: Error) => error)).message).not.toContain('secret');
  });
});

describe('the address policy', () => {
  const inside = { host: 'metadata', port: 80, address: '169.254.169.254' };

  test('lets credentials services be reached by their own address only, never by a range or a name', () => {
    for (const allow of [['169.254.0.0/16'], ['metadata'], ['0.0.0.0/0']])
      expect(createAddressPolicy({ allow, ownPorts: [] })(inside)).toBe(false);
    expect(createAddressPolicy({ allow: ['169.254.169.254'], ownPorts: [] })(inside)).toBe(true);
    const six = { host: 'm', port: 80, address: 'fd00:ec2::254' };
    expect(createAddressPolicy({ allow: ['fc00::/7'], ownPorts: [] })(six)).toBe(false);
    expect(createAddressPolicy({ allow: ['[fd00:ec2::254]:80'], ownPorts: [] })(six)).toBe(true);
  });

  test('lets public addresses through', () => {
    const policy = createAddressPolicy({ allow: [], ownPorts: [80] });
    for (const address of ['93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect(policy({ host: 'x', port: 80, address })).toBe(true);
    expect(policy({ host: 'x', port: 80, address: 'nonsense' })).toBe(false);
  });

  test.each(['', 'a b', '10.0.0.0/99', '300.1.1.1', 'http://x', 'x:99999999'])('refuses to read %j', (entry) => {
    expect(() => createAddressPolicy({ allow: [entry], ownPorts: [] })).toThrow('OMNI_OUTGOING_ALLOW');
  });
});

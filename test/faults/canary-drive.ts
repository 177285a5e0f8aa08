/** Sends canaries through every door: as data, as names in addresses, as keys of requests, in headers, in broken bodies. */
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Fault } from '../stubs/faults';
import type { Stub } from '../stubs/stub';
import type { makeCanaries } from './canary';
import { WAYS } from './canary-definitions';
import type { CanaryGround } from './canary-ground';

export interface Heard {
  readonly request: string;
  readonly status: number;
  /** Headers and body. */
  readonly bytes: Buffer;
}

export interface Driven {
  /** Answers to those who had sent the canaries. */
  readonly answers: readonly Heard[];
  /** Answers to somebody who may not see data, and to the operator's tools. */
  readonly others: readonly Heard[];
  /** How executions ended, by what was driven. */
  readonly ends: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 400 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 500 },
  { kind: 'hang' },
  { kind: 'cut', after: 'half' },
  { kind: 'garbage' },
  { kind: 'truncated' },
  { kind: 'misfit' },
  { kind: 'error-inside', at: 'body', code: 502 },
  { kind: 'redirect', status: 302, location: 'http://127.0.0.1:9/elsewhere' },
];

export async function drive(
  ground: CanaryGround,
  stub: Stub,
  canaries: ReturnType<typeof makeCanaries>,
): Promise<Driven> {
  const admin = ground.keyIn('admin.key');
  const { providerKey, webhookSecret } = canaries;
  // The platform's own are data to nobody.
  const data = Object.values(canaries).filter((one) => one !== providerKey && one !== webhookSecret);
  const texts = data.map(({ text }) => text);
  const text = texts.join(' , ');
  const answers: Heard[] = [];
  const others: Heard[] = [];

  async function send(
    method: string,
    path: string,
    {
      body,
      headers = {},
      key = admin,
      to = answers,
    }: { body?: unknown; headers?: Record<string, string>; key?: string; to?: Heard[] } = {},
  ): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${ground.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const said = await response.text();
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    to.push({
      request: `${method} ${path.split('/').slice(0, 2).join('/')} …`,
      status: response.status,
      bytes: Buffer.from(`${head}\n\n${said}`),
    });
    return { status: response.status, body: said.startsWith('{') ? (JSON.parse(said) as Json) : {} };
  }

  const start = async (name: string, payload: Json, headers: Record<string, string> = {}): Promise<string> => {
    const { status, body } = await send('POST', `/workflows/${name}/execute`, {
      body: { payload, context: { user: { name: canaries.name.text, note: text } } },
      headers,
    });
    if (status > 202) throw new Error(`${name} did not start: ${status} ${JSON.stringify(body)}`);
    return String(body['executionId']);
  };
  const seen = async (id: string): Promise<Json> => (await send('GET', `/executions/${id}`)).body;
  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    for (let waited = 0; waited < 60_000; waited += 100) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(100);
    }
    throw new Error(`It never came to this: ${what}`);
  };
  const ended = (id: string): Promise<string> =>
    until(`${id} ends`, async () => {
      const { status } = await seen(id);
      return status === 'running' || status === 'paused' ? undefined : String(status);
    });
  const ends: Record<string, string> = {};

  // Every kind of step; who asks twice, and who asks for something else under the same key.
  const person = { fullName: canaries.name.text, email: canaries.email.text };
  const all = {
    text,
    person,
    words: texts,
    any: { [canaries.jsonKey.text]: { [text]: text } },
    large: text.repeat(Math.ceil(70_000 / text.length)),
  };
  const key = { 'idempotency-key': canaries.email.text };
  const whole = await start('every-kind', all, key);
  const events = fetch(`${ground.url}/executions/${whole}/events`, {
    headers: { authorization: `Bearer ${admin}` },
  }).then((response) => response.text());
  await start('every-kind', all, key);
  await send('POST', '/workflows/every-kind/execute', { body: { payload: { ...all, large: '' } }, headers: key });
  const kept = await Promise.all(texts.map((one) => start('canary-child', { text }, { 'idempotency-key': one })));

  // People: wrong answers, delegating, an answer under a key, the same again, another one.
  const task = await until('a task', async () => {
    const { body } = await send('GET', '/tasks');
    return (body['tasks'] as { id: string; executionId: string }[]).find(({ executionId }) => executionId === whole)
      ?.id;
  });
  const reviewer = ground.keyIn('reviewer.key');
  const answer = (data: Json, one: string) =>
    send('POST', `/tasks/${task}/answer`, { body: { data }, headers: { 'idempotency-key': one }, key: reviewer });
  await answer({ [text]: text }, canaries.card.text);
  await send('POST', `/tasks/${task}/delegate`, { body: { to: { person: canaries.name.text } }, key: reviewer });
  for (const one of [canaries.card.text, canaries.card.text, canaries.phone.text]) await answer({ note: text }, one);
  await send('POST', `/executions/${whole}/signals/${encodeURIComponent(canaries.email.text)}`, { body: text });
  await send('POST', `/executions/${whole}/signals/told`, { body: { text, [canaries.jsonKey.text]: text } });

  // Every way to fail, of the plugin and of the vendor.
  const failing = await Promise.all(WAYS.map(async (mode) => [mode, await start('failing', { text, mode })] as const));
  for (const [mode, id] of failing) ends[mode] = await ended(id);
  for (const fault of FAULTS) {
    stub.always(fault);
    ends[JSON.stringify(fault)] = await ended(await start('asking', { text }));
  }
  stub.always({ kind: 'status', status: 500 });
  const stuck = await start('stuck', { text });
  await until('a failed attempt', async () =>
    JSON.stringify(await seen(stuck)).includes('tool-error') || stub.calls.at(-1)?.fault ? stuck : undefined,
  );
  stub.always(undefined);

  // What is done to executions.
  const [cancelled, terminated, paused] = [
    await start('waiting', { text }),
    await start('waiting', { text }),
    await start('waiting', { text }),
  ];
  await send('POST', `/executions/${paused}/pause`, { body: { reason: text } });
  await send('POST', `/executions/${paused}/pause`);
  await send('POST', `/executions/${terminated}/terminate`, { body: { reason: text } });
  await send('POST', `/executions/${terminated}/terminate`);
  await send('POST', `/executions/${cancelled}/cancel`, { body: { reason: text } });
  await send('POST', `/executions/${cancelled}/cancel`);
  await send('POST', '/executions/bulk/cancel', { body: { ids: [paused, ...texts] } });
  ends['cancelled'] = await ended(cancelled);
  ends['terminated'] = await ended(terminated);
  ends['paused'] = await ended(paused);
  for (const one of texts) await send('POST', `/executions/${terminated}/rerun`, { body: { from: one } });
  const again = await send('POST', `/executions/${cancelled}/rerun`, {
    body: {},
    headers: { 'idempotency-key': canaries.iban.text },
  });
  await send('POST', `/executions/${String(again.body['executionId'])}/cancel`);

  // Events and signed messages.
  const event = { specversion: '1.0', type: 'app.canary.heard', source: `/${canaries.urlEncoded.text}`, subject: text };
  for (const one of texts) {
    await send('POST', '/events', { body: { ...event, id: one, data: { text } } });
    await send('POST', '/events', { body: { ...event, id: one, type: one, data: { [one]: text } } });
    await send('POST', '/events', { body: { ...event, id: `${one}!`, data: { [one]: text } } });
  }
  const webhook = new Webhook(webhookSecret.text);
  for (const one of texts.map((each) => each.replaceAll(/[. ]/g, '-'))) {
    const [at, body] = [new Date(), JSON.stringify({ text })];
    const headers = { 'webhook-id': one, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)) };
    await send('POST', '/hooks/canary-hook', {
      body,
      headers: { ...headers, 'webhook-signature': webhook.sign(one, at, body) },
    });
    await send('POST', '/hooks/canary-hook', { body, headers: { ...headers, 'webhook-signature': `v1,${one}` } });
  }

  // Names that nothing has, at every kind of address.
  // A plain word may be a name; the audit log keeps those as they were asked for.
  const words: readonly string[] = [canaries.jsonKey.text, canaries.thrown.text, canaries.fileName.text];
  const throughDoors = async (one: string): Promise<void> => {
    const name = words.includes(one) ? encodeURIComponent(text).slice(0, 900) : encodeURIComponent(one);
    const addresses = [
      `/workflows/${name}/execute`,
      `/tools/${name}/${name}/${name}`,
      `/tools/llm/chat/${name}`,
      `/executions/${name}/cancel`,
    ];
    addresses.push(
      `/executions/${whole}/signals/${name}`,
      `/tasks/${name}/answer`,
      `/hooks/${name}`,
      `/keys/${name}/revoke`,
    );
    addresses.push(`/config/${name}/${name}`, `/config/feature-flags/${name}`, `/${name}`);
    // It reads all definitions anew: once is enough.
    if (one === canaries.email.text) addresses.push(`/testing/scenarios/${name}/run`);
    for (const address of addresses) await send('POST', address, { body: { payload: { text }, data: {} } });
    for (const address of [`/workflows/${name}`, `/executions/${name}`, `/executions?${name}=${name}&workflow=${name}`])
      await send('GET', address);
    await send('PUT', `/workflows/${name}`, {
      body: `name: ${text}\nsteps: [{ ${one}: *${one} }]`,
      headers: { 'content-type': 'application/yaml' },
    });
    const heads = [
      'user-agent',
      'x-forwarded-for',
      'traceparent',
      'tracestate',
      'cookie',
      'referer',
      'origin',
      'prefer',
    ];
    const headers = Object.fromEntries([...heads, 'if-match', 'x-request-id', 'baggage'].map((head) => [head, one]));
    await send('GET', '/workflows', { headers });
    for (const body of [`{"payload": ${one}`, `"${text}"`, JSON.stringify({ [text]: text }), `[${one}]`])
      await send('POST', '/workflows/canary-child/execute', { body });
    await send('POST', '/workflows/canary-child/execute', {
      body: text,
      headers: { 'content-type': `text/${canaries.jsonKey.text}` },
    });
    await send('POST', '/tools/canary/echo/parrot', { body: { input: { text, mode: 'throw', [one]: one } } });
  };
  await Promise.all(texts.map(throughDoors));
  for (const mode of WAYS) await send('POST', '/tools/canary/echo/parrot', { body: { input: { text, mode } } });
  ends['every kind'] = await ended(whole);
  await events;
  for (const id of kept) await ended(id);

  // Others: somebody who may not see data, and what machines read.
  const { body: made } = await send('POST', '/keys', {
    body: { name: 'looks on', owner: 'viewer', roles: ['viewer'] },
  });
  const viewer = { key: String(made['key']), to: others };
  const { body: list } = await send('GET', '/executions?limit=100', viewer);
  for (const { executionId } of (list['executions'] ?? []) as { executionId: string }[])
    await send('GET', `/executions/${executionId}`, viewer);
  await send('GET', '/tasks', viewer);
  await send('GET', '/workflows', viewer);
  await send('GET', '/metrics', { to: others });
  for (let next: unknown = '', page = ''; next !== undefined; page = `&cursor=${String(next)}`)
    next = (await send('GET', `/audit?limit=500${page}`, { to: others })).body['next'];

  // Last, since whoever tries keys is soon refused.
  for (const one of texts) await send('GET', '/executions', { key: one, to: others });
  await send('GET', '/executions', {
    key: '',
    headers: { authorization: `Basic ${Buffer.from(`${text}:${text}`).toString('base64')}` },
    to: others,
  });
  return { answers, others, ends };
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const listener = (name: string, event: string, payload: string): string => `
name: ${name}
version: 1.0.0
trigger: { event: ${event}, payload: { ${payload} } }
steps:
  - { name: keep, set: { type: "\${trigger.?event.?type.orValue('')}" } }
output: { orderId: "\${trigger.payload.orderId}", type: "\${vars.type}", event: "\${trigger.event}" }
`;

const TELLER = `
name: Teller
version: 1.0.0
trigger: { payload: { total: any } }
steps:
  - { name: tell, emit: { type: order.placed, data: { orderId: o-9, total: "\${trigger.payload.total}" } } }
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    definitions: {
      'first.yaml': listener('First', 'order.placed | order.changed', 'orderId: string, total?: any'),
      'second.yaml': listener('Second', 'order.placed', 'orderId: string, total: number'),
      'third.yaml': listener('Third', 'order.gone', 'orderId: string'),
      'teller.yaml': TELLER,
      'broken.yaml': 'name: Broken\nversion: 1.0.0\ntrigger: { event: order.placed }\nsteps: nothing\n',
    },
  });
});
afterAll(() => door.close());

const event = (fields: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/shop',
  type: 'order.placed',
  data: { orderId: 'o-1', total: 3 },
  ...fields,
});
const send = (body: unknown): Promise<Answer> =>
  door.ask('POST', '/events', body, { 'Content-Type': 'application/cloudevents+json' });
const workflows = ({ body }: Answer): string[] => body.executions.map((one: Answer['body']) => one.workflow);

test('an event starts every definition that listens to its type, with its data as payload and itself as trigger.event', async () => {
  const attributes = event({
    subject: 'o-1',
    tenant: 'acme',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
  });
  delete attributes['data'];
  const sent = await send({ ...attributes, data: { orderId: 'o-1', total: 3 } });
  expect([sent.status, workflows(sent), sent.body.refused]).toEqual([202, ['first', 'second'], []]);
  for (const { executionId, links, repeated } of sent.body.executions) {
    expect([repeated, links.self]).toEqual([false, `/executions/${executionId}`]);
    await door.executions.wait(executionId, AbortSignal.timeout(30_000));
    const { body } = await door.ask('GET', links.self);
    expect(body).toMatchObject({ status: 'completed', output: { orderId: 'o-1', type: 'order.placed' } });
    expect(body.output.event).toEqual(attributes);
  }
});

test('the same event starts a definition once, sent at the same moment, again, or after the end; another source is another event', async () => {
  const given = event();
  const both = await Promise.all([send(given), send(given)]);
  const ids = (answer: Answer): string[] => answer.body.executions.map((one: Answer['body']) => one.executionId);
  const [one, two] = both;
  if (one === undefined || two === undefined) throw new Error('two answers');
  expect(ids(one)).toEqual(ids(two));
  const repeats = both.flatMap(({ body }) => body.executions.map(({ repeated }: { repeated: boolean }) => repeated));
  expect(repeats.filter(Boolean)).toHaveLength(2);
  for (const id of ids(one)) await door.executions.wait(id, AbortSignal.timeout(30_000));
  const again = await send(given);
  expect([again.status, ids(again)]).toEqual([202, ids(one)]);
  expect(again.body.executions.every(({ repeated }: { repeated: boolean }) => repeated)).toBe(true);
  expect(ids(await send({ ...given, source: '/other' }))).not.toEqual(ids(one));
});

test('a listener that the data do not fit is named; when they fit none the event is refused with pointers', async () => {
  const some = await send(event({ data: { orderId: 'o-1' } }));
  expect([some.status, workflows(some)]).toEqual([202, ['first']]);
  expect(some.body.refused).toMatchObject([{ workflow: 'second', errors: [{ pointer: '/data/total' }] }]);
  const none = await send(event({ data: { orderId: 5, total: 'x' } }));
  expect([none.status, none.body.type]).toEqual([400, 'validation']);
  const pointers = none.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(new Set(pointers)).toEqual(new Set(['/data/orderId', '/data/total']));
  expect(pointers).toHaveLength(2);
});

test('an event that nothing listens to is answered 200 with nothing', async () => {
  const sent = await send(event({ type: 'order.unheard' }));
  expect([sent.status, sent.body]).toEqual([200, { executions: [], refused: [] }]);
});

test.each([
  ['another version', { specversion: '0.3' }, '/specversion'],
  ['no id', { id: undefined }, '/id'],
  ['an empty source', { source: '' }, '/source'],
  ['no type', { type: undefined }, '/type'],
  ['a time that is none', { time: 'yesterday' }, '/time'],
  ['bytes', { data: undefined, data_base64: 'AA==' }, '/data_base64'],
  ['data that are not JSON', { datacontenttype: 'text/xml' }, '/datacontenttype'],
  ['an extension in capitals', { traceParent: 'x' }, '/traceParent'],
  ['an extension that is a structure', { extra: {} }, '/extra'],
])('what is no CloudEvent of ours is refused: %s', async (_, fields, pointer) => {
  const { status, body } = await send(event(fields));
  expect([status, body.errors?.map((fault: { pointer: string }) => fault.pointer)]).toEqual([400, [pointer]]);
});

test('an execution emits an event as if it had been sent, and its id is what the step gives', async () => {
  const asked = await door.ask('POST', '/workflows/teller/execute', { payload: { total: 3 } }, { Prefer: 'wait=30' });
  const { executionId, steps } = asked.body;
  expect(asked.body).toMatchObject({ status: 'completed', output: `${executionId}/tell` });
  expect(steps).toMatchObject([{ path: 'tell', kind: 'emit', status: 'completed' }]);
  // What it started can be found by sending the same event once more: it starts nothing new.
  const again = await send(
    event({ id: `${executionId}/tell`, source: '/workflows/teller', data: { orderId: 'o-9', total: 3 } }),
  );
  expect(again.body.executions).toMatchObject([
    { workflow: 'first', repeated: true },
    { workflow: 'second', repeated: true },
  ]);
  await door.executions.wait(again.body.executions[0].executionId, AbortSignal.timeout(30_000));
  const { body } = await door.ask('GET', again.body.executions[0].links.self);
  expect(body.output.event).toMatchObject({ type: 'order.placed', omnidepth: 1, id: `${executionId}/tell` });
});

test('data that no listener takes fail the step', async () => {
  const asked = await door.ask(
    'POST',
    '/workflows/teller/execute',
    { payload: { total: { not: 'a number' } } },
    { Prefer: 'wait=30' },
  );
  // The first listener takes anything.
  expect(asked.body.status).toBe('completed');
  await door.catalogue.publish(
    TELLER.replace('order.placed', 'order.gone')
      .replace('orderId: o-9', 'orderId: 9')
      .replace('1.0.0', '1.1.0')
      .replace('Teller', 'Wrong'),
    { id: 'wrong' },
  );
  const wrong = await door.ask('POST', '/workflows/wrong/execute', { payload: { total: 3 } }, { Prefer: 'wait=30' });
  expect(wrong.body).toMatchObject({ status: 'failed', error: { type: 'validation', step: 'tell' } });
});

/** Claims about the slots that the two queues of an agent share. */
import { expect, test } from '@jest/globals';
import type { AgentSlots, QueueKind } from '../../workers/agent-slots';
import { createAgentSlots } from '../../workers/agent-slots';

const never = new AbortController().signal;
const context = {
  slotType: 'activity',
  taskQueue: '',
  workerIdentity: '',
  workerBuildId: '',
  isSticky: false,
} as const;

/** Work that runs until it is told to end. */
function begin(slots: AgentSlots, kind: QueueKind, signal = never) {
  let started = false;
  let end: () => void = () => undefined;
  const done = slots.hold(kind, [signal], () => {
    started = true;
    return new Promise<void>((resolve) => (end = resolve));
  });
  done.catch(() => undefined);
  return {
    get started() {
      return started;
    },
    async end() {
      end();
      await done;
    },
    done,
  };
}

/** A poll that asks for room. */
function poll(slots: AgentSlots, kind: QueueKind, signal = never) {
  const supplier = slots.supplier(kind);
  let granted = false;
  const asked = supplier.reserveSlot(context, signal).then((permit) => {
    granted = true;
    return () => supplier.releaseSlot({ permit });
  });
  asked.catch(() => undefined);
  return {
    granted: async () => {
      await settled();
      return granted;
    },
    asked,
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('work of both queues together never holds more slots than there are, and goes on in the order of coming', async () => {
  const slots = createAgentSlots(2);
  const [a, b, c, d] = [begin(slots, 'pool'), begin(slots, 'own'), begin(slots, 'pool'), begin(slots, 'own')];
  await settled();
  expect([a, b, c, d].map(({ started }) => started)).toEqual([true, true, false, false]);
  expect(slots.used).toBe(2);
  await b.end();
  await settled();
  expect([c.started, d.started]).toEqual([true, false]);
  await a.end();
  await settled();
  expect(d.started).toBe(true);
  await Promise.all([c.end(), d.end()]);
  expect(slots.used).toBe(0);
});

test('the pool is polled only while there is a slot for what a poll may bring', async () => {
  const slots = createAgentSlots(2);
  const [first, second, third] = [poll(slots, 'pool'), poll(slots, 'pool'), poll(slots, 'pool')];
  expect([await first.granted(), await second.granted(), await third.granted()]).toEqual([true, true, false]);
  (await first.asked)();
  expect(await third.granted()).toBe(true);
});

test('an idle poll keeps no work out, and work of the own queue keeps the pool from being polled', async () => {
  const slots = createAgentSlots(1);
  const idle = poll(slots, 'own');
  expect(await idle.granted()).toBe(true);
  const idlePool = poll(slots, 'pool');
  expect(await idlePool.granted()).toBe(true);
  const work = begin(slots, 'own');
  await settled();
  expect(work.started).toBe(true);
  (await idlePool.asked)();
  const next = poll(slots, 'pool');
  expect(await next.granted()).toBe(false);
  await work.end();
  expect(await next.granted()).toBe(true);
});

test('the own queue is polled only while a slot is free', async () => {
  const slots = createAgentSlots(1);
  const work = begin(slots, 'pool');
  await settled();
  const own = poll(slots, 'own');
  expect(await own.granted()).toBe(false);
  await work.end();
  expect(await own.granted()).toBe(true);
});

test('whoever waits can be told to stop waiting, with the reason', async () => {
  const slots = createAgentSlots(1);
  const first = begin(slots, 'pool');
  const stop = new AbortController();
  const waiting = begin(slots, 'pool', stop.signal);
  const asking = poll(slots, 'own', stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting.done).rejects.toThrow('enough');
  await expect(asking.asked).rejects.toThrow('enough');
  await first.end();
  const after = begin(slots, 'own');
  await settled();
  expect([waiting.started, after.started]).toEqual([false, true]);
});

test('another limit counts at once: more begin, or none until enough have ended', async () => {
  const slots = createAgentSlots(1);
  const works = [begin(slots, 'pool'), begin(slots, 'pool'), begin(slots, 'pool')];
  slots.setLimit(2);
  await settled();
  expect(works.map(({ started }) => started)).toEqual([true, true, false]);
  slots.setLimit(1);
  await works[0]?.end();
  await settled();
  expect(works[2]?.started).toBe(false);
  await works[1]?.end();
  await settled();
  expect(works[2]?.started).toBe(true);
});

test('each change of what is used is told', async () => {
  const told: number[] = [];
  const slots: AgentSlots = createAgentSlots(1, () => told.push(slots.used));
  const work = begin(slots, 'own');
  await settled();
  await work.end();
  expect(told).toEqual([1, 0]);
});

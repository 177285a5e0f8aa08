/** Messages to agents in bad times: workers that end, an inbox that is terminated or continues as new, an agent that is long away. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inboxId } from '../../src/plan/agent-message';
import type { Json } from '../../src/plan/json';
import type { MailAgent } from '../integration/mail-agent';
import { MAIL_KEYS, mailAgent } from '../integration/mail-agent';
import type { Harness } from '../support';
import { harness } from '../support';

let parts: Harness;
const agents: MailAgent[] = [];
beforeAll(async () => {
  parts = await harness({ providers: [], keys: MAIL_KEYS });
}, 180_000);
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await parts.close();
}, 60_000);

async function counting(config = {}, until: () => Promise<unknown> = () => Promise.resolve()) {
  const seen: Json[] = [];
  const agent = await mailAgent(
    parts,
    async (input) => {
      seen.push(input);
      await until();
      return input;
    },
    config,
  );
  agents.push(agent);
  const send = (payload: Json, fields = {}) =>
    parts.agents.messages.send({ from: 'client-001', to: agent.id, type: 'act', payload, ...fields });
  return { agent, seen, send };
}

const settled = (messageId: string) => parts.agents.messages.wait(messageId, AbortSignal.timeout(240_000));
const inboxOf = (agent: MailAgent) => parts.client.workflow.getHandle(inboxId(agent.id, parts.taskQueue));

test('hundreds of messages, each sent three times, over several runs of the inbox: each acts once, none is lost', async () => {
  const { agent, seen, send } = await counting({ whenBusy: 'interleave' });
  const here = setInterval(() => void agent.comeBack().catch(() => undefined), 5_000);
  try {
    await agent.comeBack();
    const ids: string[] = [];
    for (let batch = 0; batch < 6; batch += 1) {
      const numbers = Array.from({ length: 50 }, (_, index) => batch * 50 + index);
      const sent = await Promise.all(
        numbers.flatMap((n) => Array.from({ length: 3 }, () => send(n, { idempotencyKey: `n-${n}` }))),
      );
      const batchIds = [...new Set(sent.map(({ messageId }) => messageId))];
      const states = await Promise.all(batchIds.map(async (id) => (await settled(id)).state));
      expect(new Set(states)).toEqual(new Set(['answered']));
      ids.push(...batchIds);
    }
    expect(ids).toHaveLength(300);
    expect([...seen].sort((one, other) => Number(one) - Number(other))).toEqual(
      Array.from({ length: 300 }, (_, n) => n),
    );
    await inboxOf(agent).result();
  } finally {
    clearInterval(here);
  }
}, 400_000);

test('an inbox that is terminated in the middle loses nothing: another finds the task that runs and the mail that waits', async () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const { agent, seen, send } = await counting({}, () => opened);
  const here = setInterval(() => void agent.comeBack().catch(() => undefined), 5_000);
  try {
    await agent.comeBack();
    const running = await send('running');
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const waiting = await send('waiting');
    await inboxOf(agent).terminate('a fault');
    // Any message begins the next run; that of the keeper does so too, a minute later.
    const next = await send('next');
    open();
    expect(await settled(next.messageId)).toMatchObject({ state: 'answered' });
    const table = parts.store.agentMessages;
    expect((await table.get(`default ${parts.taskQueue}`, waiting.messageId))?.settledAt).toBeUndefined();
    while ((await parts.agents.messages.get(waiting.messageId)).settledAt === undefined) {
      await parts.agents.messages.tend(24 * 60 * 60_000);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    expect(await settled(running.messageId)).toMatchObject({ state: 'answered', answer: 'running' });
    expect(seen).toEqual(['running', 'next', 'waiting']);
  } finally {
    clearInterval(here);
  }
}, 300_000);

test('an agent that is away for a while gets its mail when it is back, also when the worker of the inbox changed', async () => {
  const { agent, seen, send } = await counting();
  const { messageId } = await send('patient');
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await parts.engine.stop();
  await parts.startAnotherEngine();
  expect(seen).toEqual([]);
  await agent.comeBack();
  expect(await settled(messageId)).toMatchObject({ state: 'answered' });
  expect(seen).toEqual(['patient']);
}, 120_000);

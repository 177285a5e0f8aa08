/** `guards.security.piiRedaction` with a real engine and database: who sees what. */
import { afterEach, expect, test } from '@jest/globals';
import { readAllHistory } from '../../src/executions/history';
import { OmniError } from '../../src/plan/problem';
import type { JsonObject } from '../../src/plan/json';
import type { CallContext } from '../../src/tools/tool';
import { candidate, planOf, tool } from '../interpreter/walk';
import { testStore } from '../support';
import { provider, testEngine } from './engine';

let engine: Awaited<ReturnType<typeof testEngine>> | undefined;
afterEach(async () => engine?.close());

const input = {
  type: 'object',
  properties: {
    email: { type: 'string', 'x-pii': 'email' },
    who: { type: 'object', properties: { name: { type: 'string', 'x-pii': 'name' } } },
    text: { type: 'string' },
  },
};
const payload = {
  email: 'ana@example.com',
  who: { name: 'Xochitl Quiroga' },
  text: `Xochitl pays with 4111 1111 1111 1111. ${'-'.repeat(70_000)}`,
};
const plan = (providers: readonly string[]) =>
  planOf(
    ['first', 'second'].map((name) =>
      tool(name, {
        chain: providers.map((one) => candidate(one)),
        input: { kind: 'expression', source: 'trigger.payload' },
        retry: [{ maxAttempts: 2, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1 }],
      }),
    ),
    { input, guards: { budget: {}, security: { piiRedaction: true, encryption: false } } },
  );

test('a provider outside sees placeholders on every attempt and in every step, one on this machine sees the values, and so does the answer', async () => {
  const seen: { readonly by: string; readonly input: JsonObject; readonly key: string }[] = [];
  const watch =
    (by: string, fails: (count: number) => boolean) =>
    (given: JsonObject, { idempotencyKey: key }: CallContext): Promise<JsonObject> => {
      seen.push({ by, input: given, key });
      if (fails(seen.length)) return Promise.reject(new OmniError('provider-unavailable', 'It is down.'));
      return Promise.resolve({ said: `Dear ${given['email'] as string}`, ...given });
    };
  engine = await testEngine({
    providers: [
      provider(
        'vendor',
        watch('vendor', (count) => count === 1 || count > 2),
      ),
      provider(
        'local',
        watch('local', () => false),
      ),
    ],
  });
  const handle = await engine.start(plan(['vendor', 'local']), payload);
  const output = await handle.result();
  expect(output).toMatchObject({ said: 'Dear ana@example.com', who: payload.who });
  expect(seen.map(({ by }) => by)).toEqual(['vendor', 'vendor', 'vendor', 'vendor', 'local']);
  const [one, ...others] = seen.filter(({ by }) => by === 'vendor').map((call) => JSON.stringify(call.input));
  expect(one).toMatch(
    /"email":"\[EMAIL_\w{6}\]","who":\{"name":"\[NAME_\w{6}\]"\},"text":"\[NAME_\w{6}\] pays with \[CARD_\w{6}\]\./,
  );
  expect(new Set(others)).toEqual(new Set([one]));
  expect(seen.at(-1)?.input).toEqual(payload);
}, 60_000);

test('what a provider quotes in its error does not reach the history', async () => {
  const canaries = ['ana@example.com', '4111 1111 1111 1111', 'sk-proj-0123456789abcdefghij'];
  engine = await testEngine({
    providers: [
      provider('quoting', () =>
        Promise.reject(new OmniError('validation', `Refused: ${canaries.join(', ')} at 10.0.0.5.`)),
      ),
    ],
  });
  const failing = planOf([tool('one', { chain: [candidate('quoting')] })]);
  const handle = await engine.start(failing);
  await expect(handle.result()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('Refused: [email], [card], [hidden] at 10.0.0.5.') },
  });
  const history = JSON.stringify(await readAllHistory(engine.client, handle.workflowId));
  expect(history).toContain('Refused: [email]');
  for (const canary of canaries) expect(history).not.toContain(canary);
}, 60_000);

test('two workers make the same placeholders, because the key lies in the database', async () => {
  engine = await testEngine({ providers: [] });
  const other = await testStore();
  expect(Buffer.from(await other.keys.redaction()).equals(await engine.store.keys.redaction())).toBe(true);
  await other.close();
});

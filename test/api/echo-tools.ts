/** Tools and a provider for tests of the door: each does one plain thing at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { OmniError } from '../../src/plan/problem';
import type { CallContext, Provider, ToolContract } from '../../src/tools/tool';

const contract = (
  name: string,
  input: z.ZodType,
  output: z.ZodType,
  rest: Partial<ToolContract> = {},
): ToolContract => ({
  name,
  title: name,
  description: `The test's ${name}`,
  category: name.split('.')[0] ?? '',
  input,
  output,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 20_000,
  ...rest,
});

export const ECHO_CONTRACTS: readonly ToolContract[] = [
  contract('echo.say', z.strictObject({ text: z.string() }), z.object({ text: z.string(), length: z.number() })),
  contract('echo.sleep', z.strictObject({ ms: z.number() }), z.object({ slept: z.boolean() })),
  contract('echo.break', z.strictObject({}), z.object({}), { idempotent: 'none' }),
];

export interface EchoProvider extends Provider {
  /** Idempotency keys of the calls, in order. */
  readonly calls: readonly string[];
}

export function echoProvider(): EchoProvider {
  const calls: string[] = [];
  return {
    name: 'echo',
    title: 'Echo',
    variables: [],
    calls,
    tools: {
      'echo.say': ({ text }: { text: string }, { idempotencyKey }: CallContext) => {
        calls.push(idempotencyKey);
        return Promise.resolve({ output: { text, length: text.length }, usage: { inputTokens: 3, costUsd: 0.01 } });
      },
      'echo.sleep': async ({ ms }: { ms: number }, { signal }: CallContext) => {
        await pause(ms, undefined, { signal });
        return { output: { slept: true } };
      },
      'echo.break': () =>
        Promise.reject(new OmniError('tool-error', 'The echo is broken. Mend it.', { retryable: false, undone: true })),
    },
    probe: () => Promise.resolve(),
  };
}

/** Has no key, so that lists have something to explain. */
export const keyless: Provider = {
  name: 'keyless',
  title: 'Keyless',
  variables: [{ name: 'KEYLESS_KEY', required: true, description: 'Its key.' }],
  unconfigured: 'Set KEYLESS_KEY to its API key.',
  prices: {
    usual: { 'echo.say': 'small' },
    rates: { small: { usdPerCall: 0.5, date: '2026-11', source: 'https://example.com/prices' } },
  },
  tools: { 'echo.say': () => Promise.reject(new Error('never called')) },
};

export const DEFINITIONS = {
  'greeter.yaml': `
name: Greeter
description: Says a thing
version: 1.0.0
trigger:
  event: test.greet
  payload:
    userId: string
    text: string
    note?: string
steps:
  - name: say
    description: Says it
    tool: echo.say
    provider: echo
    input: { text: "\${trigger.payload.text}" }
output: { said: "\${steps.say.output.text}", length: "\${steps.say.output.length}" }
`,
  'sleeper.yaml': `
name: Sleeper
version: 1.0.0
trigger: { payload: { ms: number } }
steps:
  - { name: nap, tool: echo.sleep, provider: echo, input: { ms: "\${trigger.payload.ms}" } }
`,
  'breaker.yaml': `
name: Breaker
version: 1.0.0
steps:
  - { name: crack, tool: echo.break, provider: echo, input: {} }
`,
  'broken.yaml': `
name: Broken
version: 1.0.0
steps:
  - { name: say, tool: echo.sai, provider: echo, input: {} }
`,
};

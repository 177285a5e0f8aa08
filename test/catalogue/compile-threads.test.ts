import { afterAll, describe, expect, test } from '@jest/globals';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createCompileThreads } from '../../src/catalogue/compile-threads';
import { compileDefinition } from '../../src/language/compile';
import type { SchemaSource } from '../../src/language/named-types';
import { validateValue } from '../../src/language/validate';
import { ToolRegistry } from '../../src/tools/registry';
import type { ToolContract } from '../../src/tools/tool';
import { FAULTS } from '../language/faults';
import { testRegistry } from '../language/registry';

const threads = createCompileThreads();
afterAll(() => threads.close());

const schemas: SchemaSource = (name) =>
  name === 'order'
    ? { schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } }
    : { fault: `There is no ${name}.` };

const STEPS = `name: Test
version: 1.0.0
trigger: { payload: { order: { $schema: order } } }
steps:
  - { name: post, tool: http.request, provider: local, input: { url: "https://example.com", method: POST } }
  - { name: refund, tool: payment.refund, provider: stripe, input: { orderId: "\${trigger.payload.order.id}", amount: 1 } }
guards: { budget: { maxCost: 1 } }
`;

/** Longer than a turn of the loop ever is where nothing blocks it, and shorter than the compile that it waits for. */
function longDefinition(steps: number): string {
  const one = (index: number): string =>
    `  - { name: s\${index}, tool: risk.score, provider: openrouter, input: { text: "at \${index}" } }\n`.replaceAll(
      '\${index}',
      String(index),
    );
  return `name: Long\nversion: 1.0.0\nguards: { budget: { maxCost: 1 } }\nsteps:\n${Array.from({ length: steps }, (_, index) => one(index)).join('')}`;
}

describe('what a thread compiles', () => {
  test('is what is compiled here: plans, diagnostics, types, with schemas, prices and what the input decides', async () => {
    const registry = testRegistry();
    const texts = [STEPS, ...FAULTS.map(({ text }) => text)].filter((text) => text.length < 20_000);
    const compiled = await Promise.all(
      texts.map((text) => threads.compile({ text, file: 'test.yaml', schemas }, registry)),
    );
    texts.forEach((text, index) => {
      expect(compiled[index]).toEqual(compileDefinition({ text, file: 'test.yaml', schemas }, registry));
    });
    expect(compiled[0]?.diagnostics).toEqual([]);
    expect(compiled[0]?.plan?.steps[0]).toMatchObject({ idempotent: 'none' });
  });

  test('goes by the tools as they are when it is compiled', async () => {
    const registry = new ToolRegistry([], []);
    const text =
      'name: T\nversion: 1.0.0\nsteps:\n  - { name: s, tool: own.tool, provider: me, input: { size: big } }\n';
    const source = { text, file: 't.yaml', schemas };
    const codes = async (): Promise<readonly string[]> =>
      (await threads.compile(source, registry)).diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ code }) => code);
    expect(await codes()).toContain('unknown-tool');
    const contract = {
      name: 'own.tool',
      title: 'Own',
      description: 'Own',
      category: 'own',
      idempotent: 'natural',
      placement: 'remote',
      timeoutMs: 1_000,
    } as const;
    const own: ToolContract = { ...contract, input: z.strictObject({ size: z.number() }), output: z.object({}) };
    registry.addContract(own);
    registry.addProvider({
      name: 'me',
      title: 'Me',
      variables: [],
      tools: { 'own.tool': () => Promise.reject(new Error('not called')) },
      byPlan: true,
    });
    expect(await codes()).toEqual(['type-mismatch']);
    registry.addContract({ ...own, input: z.strictObject({ size: z.string() }) });
    expect(await codes()).toEqual([]);
  });

  test('leaves this thread free', async () => {
    const registry = testRegistry();
    const text = longDefinition(1_000);
    await threads.compile({ text: STEPS, file: 'warm.yaml', schemas }, registry);
    let done = false;
    const compiling = threads.compile({ text, file: 'long.yaml', schemas }, registry).then((compiled) => {
      done = true;
      return compiled;
    });
    let turns = 0;
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect((await compiling).plan?.steps).toHaveLength(1_000);
    expect(turns).toBeGreaterThan(50);
  });
});

test('what a payload of thousands of fields is checked with holds nobody up, the first time neither', async () => {
  const names = Array.from({ length: 1_500 }, (_, index) => `f${index}`);
  const payload = Object.fromEntries(names.map((name) => [name, { a: 'x', b: 1, c: true }]));
  let best = Infinity;
  // Other definitions each time, and the best of them: others use the machine too.
  for (let round = 0; round < 8 && best >= 100; round++) {
    const types = names.map((name) => `${name}: { a: string, b: number, c: boolean, d${round}?: string }`).join(', ');
    const text = `name: T\nversion: 1.0.0\ntrigger: { payload: { ${types} } }\nsteps: [ { name: s, set: { a: 1 } } ]\n`;
    const { plan } = await threads.compile({ text, file: 't.yaml', schemas }, testRegistry());
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await sleep(20);
    delay.reset();
    expect(validateValue(plan?.input ?? {}, payload, '/payload').faults).toEqual([]);
    await sleep(20);
    delay.disable();
    best = Math.min(best, delay.max / 1e6);
  }
  expect(best).toBeLessThan(100);
});

describe('a thread that does not come to an end', () => {
  test('is ended, the definition refused by name, and the next one compiled', async () => {
    const hasty = createCompileThreads(1);
    const source = { file: 'long.yaml', schemas };
    await expect(hasty.compile({ ...source, text: longDefinition(1_000) }, testRegistry())).rejects.toMatchObject({
      problem: { type: 'too-large', status: 422 },
    });
    await hasty.close();
    await expect(hasty.compile({ ...source, text: STEPS }, testRegistry())).rejects.toThrow(/ended/);
    expect((await threads.compile({ ...source, text: STEPS }, testRegistry())).plan).toBeDefined();
  });
});

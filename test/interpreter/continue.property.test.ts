/** Continuing as new at any point changes nothing: the same calls with the same inputs, the same outcome. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallRequest } from '../../src/plan/call';
import type { Plan, Step } from '../../src/plan/plan';
import type { StepRecord } from '../../src/plan/record';
import { answered, candidate, expression, failing, literal, object, planOf, tool, walk } from './walk';

/** A sketch of a step; names are given when it is built, because they are unique over a plan. */
type Sketch =
  | { kind: 'tool'; candidates: number; if?: boolean; onError: 'continue' | 'steps'; inner: Sketch[] }
  | { kind: 'set'; increment: boolean }
  | { kind: 'parallel'; branches: Sketch[][] }
  | { kind: 'switch'; at: number; cases: Sketch[][] }
  | { kind: 'steps'; inner: Sketch[] };

const { sketches } = fc.letrec<{ sketch: Sketch; sketches: Sketch[] }>((tie) => ({
  sketches: fc.array(tie('sketch'), { minLength: 1, maxLength: 4 }),
  sketch: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      {
        kind: fc.constant('tool' as const),
        candidates: fc.integer({ min: 1, max: 3 }),
        if: fc.boolean(),
        onError: fc.constantFrom('continue' as const, 'steps' as const),
        inner: fc.constant<Sketch[]>([]),
      },
      { requiredKeys: ['kind', 'candidates', 'onError', 'inner'] },
    ),
    fc.record({ kind: fc.constant('set' as const), increment: fc.boolean() }),
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('sketches'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('switch' as const),
      at: fc.integer({ min: 0, max: 3 }),
      cases: fc.array(tie('sketches'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('steps' as const), inner: tie('sketches') }),
  ),
}));

function build(list: readonly Sketch[]): Plan {
  let count = 0;
  const seen: string[] = [];
  const steps = (inner: readonly Sketch[]): Step[] => inner.map(step);
  const step = (sketch: Sketch): Step => {
    const name = `s${(count += 1)}`;
    const before = seen.at(-1);
    switch (sketch.kind) {
      case 'tool': {
        // Reads an earlier step, draws a uuid, and survives its own failure: order and identity must not depend on rounds.
        const input = object({
          id: expression('uuid()'),
          ...(before === undefined ? {} : { before: expression(`steps.${before}.status`) }),
        });
        const handler = { kind: 'set' as const, name: `${name}_mended`, values: { [`mended_${name}`]: literal(true) } };
        const built = tool(name, {
          input,
          chain: Array.from({ length: sketch.candidates }, (_, i) => candidate(`p${i}`)),
          onError: [
            sketch.onError === 'continue'
              ? { continue: true }
              : { steps: [handler, tool(`${name}_handler`, { onError: [{ continue: true }] })] },
          ],
          ...(sketch.if === undefined ? {} : { if: String(sketch.if) }),
        });
        seen.push(name);
        return built;
      }
      case 'set': {
        const variable = `v${count}`;
        const previous = seen.findLast((one) => one.startsWith('v'));
        const value =
          sketch.increment && previous !== undefined ? expression(`vars.?${previous}.orValue(0) + 1`) : literal(count);
        seen.push(variable);
        return { kind: 'set', name, values: { [variable]: value } };
      }
      case 'parallel': {
        // Branches must not read each other, so what one has seen is forgotten before the next.
        const mark = seen.length;
        const branches = sketch.branches.map((branch, i) => {
          seen.length = mark;
          return { name: `b${i}`, single: false, steps: steps(branch) };
        });
        seen.length = mark;
        return { kind: 'parallel', name, branches, join: 'all' };
      }
      case 'switch':
        return {
          kind: 'switch',
          name,
          cases: sketch.cases.map((inner, i) => ({ when: String(i === sketch.at), steps: steps(inner) })),
        };
      case 'steps':
        return { kind: 'steps', name, steps: steps(sketch.inner) };
    }
  };
  // The reads above are of tools only; a variable's name is no step.
  const built = steps(list).map(withoutVariableReads);
  return planOf(built, { output: object({ vars: expression('vars') }) });
}

function withoutVariableReads(step: Step): Step {
  return JSON.parse(JSON.stringify(step), (key, value: unknown) =>
    key === 'before' && /steps\.v\d/.test(JSON.stringify(value)) ? literal('none') : value,
  ) as Step;
}

/** Some calls fail, decided by the call alone; different durations let branches interleave. */
function answer(salt: number) {
  return (request: CallRequest) => {
    const dice = [...`${salt}${request.path}${request.candidates[0]?.provider}`].reduce(
      (n, c) => (n * 31 + c.charCodeAt(0)) % 1009,
      7,
    );
    const afterMs = 1 + (dice % 50);
    return dice % 3 === 0 ? failing(request, 'provider-unavailable', afterMs) : answered(request, { dice }, afterMs);
  };
}

const callsOf = (calls: readonly CallRequest[]) =>
  calls.map(({ key, input, candidates }) => JSON.stringify({ key, input, candidates })).sort();

/** Times move when calls wait for the gate; everything else must be equal. */
const recordsOf = (records: ReadonlyMap<string, StepRecord>) =>
  [...records.values()]
    .map(({ startedAt: _s, endedAt: _e, deadlineAt: _d, calls, settled, ...rest }) => ({
      ...rest,
      settled: settled?.toSorted(),
      calls: calls?.map(({ startedAt: _a, endedAt: _b, ...call }) => call),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

describe('continuing as new', () => {
  test('after every call, or every third, gives the same calls, records and output as never', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.nat(1000), async (list, salt) => {
        const plan = build(list);
        const never = await walk(plan, { answer: answer(salt) });
        for (const continueEvery of [1, 3]) {
          const often = await walk(plan, { answer: answer(salt), continueEvery });
          expect(often.output).toEqual(never.output);
          expect(callsOf(often.calls)).toEqual(callsOf(never.calls));
          expect(recordsOf(often.state.records)).toEqual(recordsOf(never.state.records));
          if (continueEvery === 1 && never.calls.length > 1) expect(often.rounds).toBeGreaterThan(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('every step that begins ends in exactly one status, whatever fails or is cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.nat(1000), fc.nat(200), async (list, salt, cancelAfterMs) => {
        const { state, calls } = await walk(build(list), { answer: answer(salt), cancelAfterMs });
        expect(state.ended).toBeDefined();
        expect(
          [...state.records.values()].filter(({ status, endedAt }) => status === 'running' || endedAt === undefined),
        ).toEqual([]);
        expect(new Set(calls.map(({ key }) => key)).size).toBe(calls.length);
      }),
      { numRuns: 300 },
    );
  });

  test('what was running when it was decided about is closed by the next round', async () => {
    const slow = tool('slow', { chain: [candidate('first'), candidate('second')] });
    const race = planOf([
      {
        kind: 'parallel',
        name: 'race',
        join: 1,
        branches: [
          { name: 'fast', single: true, steps: [tool('fast')] },
          { name: 'slow', single: true, steps: [slow] },
        ],
      },
    ]);
    const loop = planOf([
      {
        kind: 'forEach',
        name: 'each',
        list: '[1, 2]',
        as: 'item',
        concurrency: 2,
        join: 1,
        onItemError: 'continue',
        steps: [{ ...slow, if: 'index == 1' }, tool('then', { if: 'index == 0' })],
      },
    ]);
    for (const plan of [race, loop]) {
      const { state, rounds } = await walk(plan, {
        continueEvery: 2,
        answer: (request) =>
          request.candidates.length === 2 ? failing(request, 'provider-unavailable', 5) : answered(request, 1, 7),
      });
      expect(rounds).toBe(2);
      expect([...state.records.values()].filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
      expect(state.records.get(plan === race ? 'race.slow' : 'each[1].slow')?.status).toBe('cancelled');
      expect(state.ended?.error).toBeUndefined();
    }
  });

  test('a reminder that was under way when the time was over is closed', async () => {
    const ask: Step = {
      kind: 'waitFor',
      name: 'ask',
      signal: 'ask',
      from: [],
      form: {},
      timeoutMs: 100,
      reminders: [{ afterMs: 90, to: [], steps: [tool('nudge', { chain: [candidate('a'), candidate('b')] })] }],
      onError: [{ continue: true }],
    };
    const { state } = await walk(planOf([ask]), {
      continueEvery: 1,
      answer: (request) => failing(request, 'provider-unavailable', 20),
    });
    expect(state.records.get('ask.reminders[0].nudge')?.status).toBe('cancelled');
  });

  test('a join that was decided before continuing is decided alike after it', async () => {
    const branches = ['a', 'b', 'c'].map((name) => ({
      name,
      single: false,
      steps: [tool(`${name}1`), tool(`${name}2`)],
    }));
    const plan = planOf([{ kind: 'parallel', name: 'race', branches, join: 1 }, tool('after')], {
      output: expression('steps.race.output'),
    });
    const after = { a: 30, b: 10, c: 20 } as Record<string, number>;
    for (const continueEvery of [1, 2, 3, 4]) {
      const { output, status } = await walk(plan, {
        continueEvery,
        answer: (request) => answered(request, request.path, after[request.path.charAt(5)] ?? 5),
      });
      expect(Object.keys(output as object)).toHaveLength(1);
      expect(status('after')).toBe('completed');
    }
  });
});

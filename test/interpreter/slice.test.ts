/** Budgets over executions that start others: what is set aside, what waits, and that a tree never overspends. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChildRequest } from '../../src/plan/child';
import type { Guards, Step, WorkflowStep } from '../../src/plan/plan';
import { problemOf } from '../../src/plan/problem';
import { NO_USAGE } from '../../src/plan/record';
import { answered, echo, object, planOf, tool, walk } from './walk';
import type { WalkOptions } from './walk';

const child = (name: string, budget: WorkflowStep['budget'] = {}): Step => ({
  kind: 'workflow',
  name,
  workflow: 'other',
  input: object({}),
  await: true,
  budget,
});
const guards = (maxCostUsd: number): { guards: Guards } => ({
  guards: { budget: { maxCostUsd }, security: { piiRedaction: false, encryption: false } },
});
const parallel = (steps: readonly Step[]): Step => ({
  kind: 'parallel',
  name: 'all',
  join: 'all',
  branches: steps.map((step) => ({ name: step.name, single: true, steps: [step] })),
});
const costing = (costUsd: number) => ({ ...NO_USAGE, costUsd });

/** A child that spends as much as it is let, up to what it wants. */
function spending(wants: (request: ChildRequest) => number, log: string[] = []): NonNullable<WalkOptions['child']> {
  return async (request, clock) => {
    const { costUsd: limit = Infinity } = request.parent.remaining;
    const spent = Math.min(limit, wants(request));
    log.push(`${request.executionId} begins with ${limit}`);
    await clock.sleep(10);
    log.push(`${request.executionId} ends`);
    return { status: 'completed', output: null, usage: costing(spent) };
  };
}

describe('an execution that starts others', () => {
  test('sets aside what each allows itself, and they run together while that fits', async () => {
    const log: string[] = [];
    const plan = planOf([parallel(['a', 'b', 'c'].map((name) => child(name, { maxCostUsd: 4 })))], guards(10));
    const { tookMs, state } = await walk(plan, { child: spending(() => 1, log) });
    expect(log).toEqual([
      'execution.all.a begins with 4',
      'execution.all.b begins with 4',
      'execution.all.a ends',
      'execution.all.c begins with 4',
      'execution.all.b ends',
      'execution.all.c ends',
    ]);
    expect([tookMs, state.usage.costUsd]).toEqual([20, 3]);
  });

  test('refuses the next one where less is left than is told apart, instead of waiting for what never comes back', async () => {
    const plan = planOf([child('a'), child('b')], guards(0.1234567890123));
    const { status, state } = await walk(plan, { child: spending(() => 1) });
    expect([status('a'), status('b'), state.ended?.error?.type]).toEqual(['completed', 'failed', 'budget-exceeded']);
  });

  test('gives all that is left to one of which nothing is known, and the others wait', async () => {
    const log: string[] = [];
    const plan = planOf([parallel([child('a'), child('b'), tool('c')])], guards(10));
    const { state } = await walk(plan, {
      child: spending(() => 4, log),
      answer: (request) => {
        log.push(request.path);
        return echo(request);
      },
    });
    expect(log.filter((line) => !line.endsWith('ends'))).toEqual([
      'execution.all.a begins with 10',
      'execution.all.b begins with 6',
      'all.c',
    ]);
    expect(state.ended?.error).toBeUndefined();
  });

  test('ends as budget-exceeded when one has used all and the next would begin with nothing', async () => {
    const { state } = await walk(planOf([child('a'), child('b')], guards(5)), { child: spending(() => 9) });
    expect(state.ended?.error).toMatchObject({
      type: 'budget-exceeded',
      data: { spent: [{ step: 'a', usage: { costUsd: 5 } }] },
    });
  });

  test('is charged for what one has spent that fails, and gets the rest back', async () => {
    const plan = planOf([{ ...child('a'), onError: [{ continue: true }] }, child('b')], guards(5));
    const seen: (number | undefined)[] = [];
    const { state } = await walk(plan, {
      child: ({ parent }) => {
        seen.push(parent.remaining.costUsd);
        const error = problemOf('tool-error', 'It broke.');
        return { afterMs: 1, outcome: { status: 'failed', error, usage: costing(2) } };
      },
    });
    expect(seen).toEqual([5, 3]);
    expect(state.usage.costUsd).toBe(4);
  });

  test('in finally spends apart and without a limit', async () => {
    const plan = planOf([tool('one')], { ...guards(5), finally: [child('last')] });
    const { state } = await walk(plan, {
      child: spending(({ parent }) => (parent.remaining.costUsd === undefined ? 7 : 0)),
    });
    expect([state.usage.costUsd, state.endUsage.costUsd]).toEqual([0, 7]);
  });

  test('waits no longer when its branch is cancelled', async () => {
    const race: Step = {
      kind: 'parallel',
      name: 'race',
      join: 1,
      branches: [
        { name: 'lost', single: true, steps: [child('lost')] },
        { name: 'won', single: true, steps: [{ kind: 'wait', name: 'won', forMs: 5 }] },
      ],
    };
    const plan = planOf([parallel([child('long'), race])], guards(5));
    const { state } = await walk(plan, {
      child: async (_, clock) => {
        await clock.sleep(100);
        return { status: 'completed', output: null, usage: NO_USAGE };
      },
    });
    expect(state.records.get('all.race')).toMatchObject({ status: 'completed', endedAt: expect.any(Number) });
    const { startedAt, endedAt = 0 } = state.records.get('all.race') ?? { startedAt: 0 };
    expect(endedAt - startedAt).toBe(5);
  });
});

test('a tree never spends more than its budget, in 1,000 random trees', async () => {
  const step = fc.record({ want: fc.integer({ min: 0, max: 9 }), budget: fc.option(fc.integer({ min: 1, max: 6 })) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (groups, maxCostUsd, continueEvery) => {
        const wants = new Map<string, number>();
        const steps = groups.map((group, g) => ({
          ...parallel(
            group.map(({ want, budget }, i) => {
              wants.set(`execution.all${g}.s${g}x${i}`, want);
              return child(`s${g}x${i}`, budget === null ? {} : { maxCostUsd: budget });
            }),
          ),
          name: `all${g}`,
        }));
        const { state } = await walk(planOf(steps, guards(maxCostUsd)), {
          continueEvery,
          answer: (request) => answered(request, null),
          child: spending(({ executionId }) => wants.get(executionId) ?? 0),
        });
        expect(state.usage.costUsd).toBeLessThanOrEqual(maxCostUsd);
        const wanted = [...wants.values()].reduce((sum, want) => sum + want, 0);
        if (wanted < maxCostUsd) expect(state.ended?.error).toBeUndefined();
      },
    ),
    { numRuns: 1_000 },
  );
}, 60_000);

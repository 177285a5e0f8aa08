/** What holds of every definition, whatever fails, whoever writes and whenever it is cancelled. `SEED=7 RUNS=1 npx jest test/interpreter/random` repeats one. */
import { describe, expect, test } from '@jest/globals';
import { answer, answerRefusal, receive } from '../../src/interpreter/inbox';
import type { LiveState } from '../../src/interpreter/state';
import type { Message } from '../../src/language/scenario';
import type { CallRequest } from '../../src/plan/call';
import type { Step } from '../../src/plan/plan';
import type { PriceBook } from '../../src/plan/price';
import type { StepRecord, Usage } from '../../src/plan/record';
import { addUsage, NO_USAGE } from '../../src/plan/record';
import { stepPlaces } from '../../src/plan/paths';
import { playCall } from '../../src/scenarios/mock-calls';
import { snapshotOf } from '../../src/scenarios/virtual-execution';
import type { RandomDefinition } from './random-definition';
import { randomDefinition } from './random-definition';
import { eachSeed } from './seeds';
import type { Walked } from './walk';
import { START_MS, walk } from './walk';

interface Made {
  readonly path: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly usage: Usage;
}

/** Runs it, noting every call that was made and when. */
async function run(
  one: RandomDefinition,
  continueEvery?: number,
): Promise<Walked & { readonly made: readonly Made[] }> {
  const { plan, step, parts } = one;
  const made: Made[] = [];
  const cancel = step.messages.find(({ kind }) => kind === 'cancel');
  const walked = await walk(plan, {
    ...pricesOf(one),
    play: async (request, clock) => {
      const startedAt = clock.now();
      const mocks = {
        ...parts,
        startMs: START_MS,
        onSent: () => undefined,
        onUnmocked: ({ detail }: { detail: string }) => {
          throw new Error(detail);
        },
      };
      const outcome = await playCall(request, clock, mocks);
      const usage = outcome.status === 'cancelled' ? NO_USAGE : outcome.usage;
      made.push({ path: request.path, startedAt, endedAt: clock.now(), usage });
      return outcome;
    },
    child: ({ workflow }) => ({
      afterMs: 333,
      outcome: { status: 'completed', output: workflow, usage: { ...NO_USAGE, costUsd: 0.01 } },
    }),
    messages: step.messages.flatMap((message) => sending(message)),
    ...(cancel && { cancelAfterMs: cancel.atMs }),
    ...(continueEvery === undefined ? {} : { continueEvery }),
  });
  return { ...walked, made };
}

function pricesOf({ plan, parts }: RandomDefinition): { readonly prices?: PriceBook } {
  const { prices } = snapshotOf(plan, parts);
  return prices === undefined ? {} : { prices };
}

const once = new Map<number, ReturnType<typeof run>>();

/** What came of it where nothing continues as new. */
function ran(one: RandomDefinition): ReturnType<typeof run> {
  const running = once.get(one.seed) ?? run(one);
  once.set(one.seed, running);
  return running;
}

function sending(message: Message): { atMs: number; send: (state: LiveState, now: number) => void }[] {
  const { atMs } = message;
  if (message.kind === 'signal')
    return [
      {
        atMs,
        send: (state, at) =>
          receive(state, { name: message.signal, payload: message.payload, at }, new Set([message.signal])),
      },
    ];
  if (message.kind === 'cancel') return [];
  return [{ atMs, send: (state, at) => void (answerRefusal(state, message) ?? answer(state, message, at)) }];
}

const recordsOf = ({ state }: Walked): readonly StepRecord[] => [...state.records.values()];
const isUndo = ({ path }: StepRecord): boolean => path.endsWith('.compensate');
const undoneBy = ({ path }: StepRecord): string => path.slice(0, -'.compensate'.length);
const isLast = ({ path }: StepRecord): boolean => path.startsWith('finally.');

describe('of random definitions', () => {
  test('every step that begins ends in exactly one status, after those that it holds, and calls are made once', () =>
    eachSeed(300, async (seed) => {
      const walked = await ran(randomDefinition(seed));
      const records = recordsOf(walked);
      expect(walked.state.ended).toBeDefined();
      expect(records.filter(({ status, endedAt }) => status === 'running' || endedAt === undefined)).toEqual([]);
      for (const inner of records.filter((one) => !isUndo(one)))
        for (const outer of records)
          if (/^[.[]/.test(inner.path.slice(outer.path.length)) && inner.path.startsWith(outer.path)) {
            expect(inner.startedAt).toBeGreaterThanOrEqual(outer.startedAt);
            expect(inner.endedAt).toBeLessThanOrEqual(outer.endedAt ?? 0);
          }
      expect(new Set(walked.calls.map(({ key }) => key)).size).toBe(walked.calls.length);
    }));

  test('what failed or was cancelled is undone in the reverse order of its completion, all of it, and nothing else is', () =>
    eachSeed(300, async (seed) => {
      const one = randomDefinition(seed);
      const walked = await ran(one);
      const records = recordsOf(walked);
      const places = stepPlaces(one.plan);
      const undos = records.filter(isUndo);
      const { error } = walked.state.ended ?? {};
      if (error !== undefined) {
        const undoable = records.filter(
          (record) =>
            record.status === 'completed' && !isLast(record) && places.get(record.name)?.step.compensate !== undefined,
        );
        const undone = new Set(undos.map(undoneBy));
        expect(undoable.filter(({ path }) => !undone.has(path)).map(({ path }) => path)).toEqual([]);
      }
      // Branches that were cancelled are undone at once; what this is about comes after the last step.
      const lastStep = Math.max(
        0,
        ...records.filter((record) => !isUndo(record) && !isLast(record)).map(({ endedAt = 0 }) => endedAt),
      );
      const final = undos.filter(({ startedAt }) => startedAt > lastStep);
      const completions = final.map((undo) => walked.state.records.get(undoneBy(undo))?.endedAt ?? 0);
      expect(completions).toEqual(completions.toSorted((a, b) => b - a));
    }));

  test('finally always runs, once, and last', () =>
    eachSeed(300, async (seed) => {
      const one = randomDefinition(seed);
      const records = recordsOf(await ran(one));
      const last = records.filter(isLast).filter(({ path }) => path.split('.').length === 2);
      const steps = one.plan.finally ?? [];
      expect(last.map(({ name }) => name)).toEqual(steps.slice(0, last.length).map(({ name }: Step) => name));
      const failed = last.find(({ status, handled }) => status === 'failed' && handled !== true);
      if (failed === undefined) expect(last).toHaveLength(steps.length);
      const before = records.filter((record) => !isLast(record)).map(({ endedAt = 0 }) => endedAt);
      expect(Math.min(...last.map(({ startedAt }) => startedAt))).toBeGreaterThanOrEqual(Math.max(0, ...before));
    }));

  test('no call begins once a limit is reached, so it is passed by what was under way at most', () =>
    eachSeed(300, async (seed) => {
      const one = randomDefinition(seed);
      const { made } = await ran(one);
      const { maxTokens = Infinity, maxCostUsd = Infinity } = one.plan.guards.budget;
      const free = ({ path }: Made): boolean => path.startsWith('finally.') || path.includes('.compensate');
      const charged = made.filter((call) => !free(call)).sort((a, b) => a.endedAt - b.endedAt);
      let sum = NO_USAGE;
      for (const [index, { usage, endedAt }] of charged.entries()) {
        sum = addUsage(sum, usage);
        if (sum.inputTokens + sum.outputTokens < maxTokens && sum.costUsd < maxCostUsd - 1e-9) continue;
        expect(charged.slice(index + 1).filter(({ startedAt }) => startedAt > endedAt)).toEqual([]);
      }
    }));

  test('continuing as new after every call, or every third, gives the same calls, records and output as never', () =>
    eachSeed(200, async (seed) => {
      const one = randomDefinition(seed, { calm: true });
      const never = await run(one);
      for (const continueEvery of [1, 3]) {
        const often = await run(one, continueEvery);
        expect(timeless(often.output)).toEqual(timeless(never.output));
        expect(callsOf(often.calls)).toEqual(callsOf(never.calls));
        expect(sorted(often)).toEqual(sorted(never));
      }
    }));

  test('continuing as new breaks no rule where things race either', () =>
    eachSeed(300, async (seed) => {
      const records = recordsOf(await run(randomDefinition(seed), 1));
      expect(records.filter(({ status, endedAt }) => status === 'running' || endedAt === undefined)).toEqual([]);
      expect(records.some(isLast)).toBe(true);
    }));
});

const callsOf = (calls: readonly CallRequest[]) =>
  calls.map(({ key, input, candidates }) => JSON.stringify({ key, input, candidates })).sort();

/** Times move when calls wait for the gate; everything else must be equal. */
const TIMES = new Set(['startedAt', 'endedAt', 'deadlineAt', 'openedAt', 'at']);
function timeless(value: unknown): unknown {
  const text = JSON.stringify(value ?? null, (key, member: unknown) => (TIMES.has(key) ? undefined : member));
  return JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'some time'));
}

function sorted(walked: Walked): unknown {
  const records = recordsOf(walked).map((record) => ({
    ...record,
    ...(record.settled && { settled: record.settled.toSorted() }),
  }));
  return timeless(records.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

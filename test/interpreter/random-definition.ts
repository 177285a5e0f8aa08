/** Definitions made at random, with mocks, messages and faults, repeatable by their seed. */
import { z } from 'zod';
import type { Message, MockAnswer, MockTool, ExecuteStep } from '../../src/language/scenario';
import type { Plan, Step, ToolStep, WaitForStep } from '../../src/plan/plan';
import { mockKey } from '../../src/scenarios/mock-calls';
import type { ExecutionParts } from '../../src/scenarios/virtual-execution';
import { ToolRegistry } from '../../src/tools/registry';
import { candidate, expression, literal, object, planOf, tool } from './walk';

const PROVIDERS = ['p0', 'p1', 'p2'];
const record = z.record(z.string(), z.unknown());

/** No call reaches these: mocks answer. */
const unreachable = () => Promise.reject(new Error('A provider was called.'));
export const registry = new ToolRegistry(
  [
    {
      name: 'test.echo',
      title: 'Echo',
      description: 'Echo',
      category: 'test',
      input: record,
      output: record,
      idempotent: 'key',
      placement: 'remote',
      timeoutMs: 1_000,
    },
  ],
  PROVIDERS.map((name) => ({ name, title: name, variables: [], tools: { 'test.echo': unreachable } })),
);

/** US dollars of a call that says nothing else. */
const PRICE = 0.01;

export interface RandomDefinition {
  readonly seed: number;
  readonly plan: Plan;
  readonly step: ExecuteStep;
  readonly parts: ExecutionParts;
}

export interface Choice {
  /** Nothing whose outcome depends on which of two things comes first: no limits of time or money, no races, no cancelling. */
  readonly calm?: boolean;
  /** No two timers go off at the same time because they belong to two items of a loop: which is first is the server's choice. */
  readonly apart?: boolean;
}

/** Numbers that look random, the same for the same seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b1) | 0;
  }

  /** From 0 up to 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.roll() * limit);
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

export function randomDefinition(seed: number, { calm = false, apart = false }: Choice = {}): RandomDefinition {
  const dice = new Dice(seed);
  const answers = new Map<string, MockTool['responses'][number][]>(PROVIDERS.map((name) => [name, []]));
  const children = new Map(
    ['child-a', 'child-b'].map((id) => [id, new Maker(id, { dice, calm, apart, answers }).plan()]),
  );
  const maker = new Maker('test', { dice, calm, apart, answers, children: [...children.keys()] });
  const plan = maker.plan();
  const mocks = PROVIDERS.map((provider): MockTool => ({
    tool: 'test.echo',
    provider,
    responses: answers.get(provider) ?? [],
  }));
  return {
    seed,
    plan,
    step: {
      action: 'execute_workflow',
      workflow: plan.id,
      payload: {},
      context: {},
      messages: calm ? [] : maker.messages(),
    },
    parts: {
      registry,
      mocks: new Map(mocks.map((mock) => [mockKey(mock), mock])),
      prices: new Map([['test.echo', PRICE]]),
      agents: [],
      unmocked: 'fail',
      snapshot: { flags: {}, settings: {} },
      plan: (id) => Promise.resolve(children.get(id) as Plan),
      onMadeUp: () => undefined,
    },
  };
}

interface Making {
  readonly dice: Dice;
  readonly calm: boolean;
  readonly apart: boolean;
  /** What the mocks of each provider answer. */
  readonly answers: ReadonlyMap<string, MockTool['responses'][number][]>;
  /** Ids of definitions that may be executed. */
  readonly children?: readonly string[];
}

/** Where a step stands. `alone`: nothing runs beside it, so what ends the execution may stand there. */
interface Stand {
  readonly depth: number;
  readonly alone: boolean;
}

const MAX_STEPS = 14;

class Maker {
  #count = 0;
  /** Names of steps that have run before whatever comes next. */
  #seen: readonly string[] = [];
  readonly #questions: WaitForStep[] = [];

  constructor(
    private readonly id: string,
    private readonly making: Making,
  ) {}

  plan(): Plan {
    const { dice, calm } = this.making;
    const steps = this.#steps({ depth: 0, alone: true });
    const last = this.#tool({ depth: 3, alone: false });
    const finale: Step = {
      kind: 'set',
      name: `${this.#prefix()}_end`,
      values: { [`end_${this.#prefix()}`]: literal(true) },
    };
    const limits = {
      ...(dice.chance(0.15) ? { maxMs: 500 + dice.below(8_000) } : {}),
      ...(dice.chance(0.2) ? { maxTokens: 50 + dice.below(600) } : {}),
      ...(dice.chance(0.2) ? { maxCostUsd: (1 + dice.below(20)) / 100 } : {}),
    };
    return planOf(steps, {
      id: this.id,
      finally: [finale, last],
      output: object({ vars: expression('vars') }),
      guards: { budget: calm ? {} : limits, security: { piiRedaction: false, encryption: false } },
    });
  }

  /** At times of no other thing. */
  messages(): readonly Message[] {
    const { dice } = this.making;
    const atMs = (): number => dice.below(20_000) + 0.5;
    const answers = this.#questions.flatMap((step): readonly Message[] => {
      if (!dice.chance(0.6)) return [];
      if (step.from.length === 0) return [{ atMs: atMs(), kind: 'signal', signal: step.signal, payload: { ok: true } }];
      const given = { path: step.name, data: { ok: true }, by: 'ada', roles: step.from };
      return [{ atMs: atMs(), kind: 'answer', ...given }];
    });
    return dice.chance(0.15) ? [...answers, { atMs: atMs(), kind: 'cancel' }] : answers;
  }

  #prefix(): string {
    return this.id.replaceAll('-', '_');
  }

  #name(): string {
    this.#count += 1;
    return `${this.#prefix()}_s${this.#count}`;
  }

  #steps(stand: Stand): Step[] {
    const { dice } = this.making;
    const steps: Step[] = [];
    for (let left = 1 + dice.below(stand.depth === 0 ? 5 : 3); left > 0 && this.#count < MAX_STEPS; left -= 1) {
      const step = this.#step(stand);
      steps.push(step);
      this.#seen = [...this.#seen, step.name];
    }
    return steps.length > 0 ? steps : [this.#set()];
  }

  /** Lists of which each must not see what the others hold. */
  #apart<T>(count: number, make: (index: number) => T): T[] {
    const before = this.#seen;
    const made = Array.from({ length: count }, (_, index) => {
      this.#seen = before;
      return make(index);
    });
    this.#seen = before;
    return made;
  }

  #step(stand: Stand): Step {
    const { dice, children = [], calm, apart } = this.making;
    const inner: Stand = { ...stand, depth: stand.depth + 1 };
    const roll = dice.below(100);
    if (stand.depth < 3) {
      if (roll < 12) return this.#parallel({ depth: stand.depth + 1, alone: false });
      if (roll < 19) return this.#forEach({ depth: stand.depth + 1, alone: false });
      if (roll < 25) return this.#repeat(inner);
      if (roll < 30) return this.#switch(inner);
      if (roll < 36) return this.#group(inner);
    }
    if (roll < 44) return this.#set();
    if (roll < 50)
      return { kind: 'wait', name: this.#name(), forMs: dice.pick([7, 701, 60_001, 3_600_001]) + dice.below(500) };
    if (roll < 57) return this.#waitFor(stand);
    // A server needs a moment for these, in which what stands beside them may end everything.
    if (roll < 61 && (stand.alone || !apart))
      return { kind: 'emit', name: this.#name(), type: 'test.happened', data: object({ n: literal(roll) }) };
    if (roll < 66 && children.length > 0) return this.#workflow(stand, dice.pick(children));
    if (roll < 69 && stand.alone) return this.#ending();
    return this.#tool(calm ? stand : { ...stand, alone: true });
  }

  #set(): Step {
    const name = this.#name();
    return { kind: 'set', name, values: { [`v_${name}`]: literal(this.#count) } };
  }

  #ending(): Step {
    const name = this.#name();
    if (this.making.dice.chance(0.5)) return { kind: 'return', name, value: object({ by: literal(name) }) };
    return { kind: 'fail', name, type: 'policy', detail: literal(`${name} says no`) };
  }

  #tool({ alone }: Stand): ToolStep {
    const { dice } = this.making;
    const name = this.#name();
    const before = this.#seen.at(-1);
    const chain = PROVIDERS.slice(0, 1 + dice.below(3)).map((provider) => ({
      ...candidate(provider, dice.pick(['provider', 'fallback'] as const)),
      timeoutMs: dice.pick([400, 3_000]),
    }));
    for (const { provider } of chain) this.#answers(provider, { step: name });
    const handler = dice.pick([[{ continue: true as const }], [{ steps: [this.#set()] }]]);
    const undone = dice.chance(0.3);
    if (undone) this.#answers('p0', { undo: name });
    return tool(name, {
      chain,
      input: object({
        step: literal(name),
        ...(before === undefined ? {} : { before: expression(`steps.${before}.status`) }),
      }),
      retry: [
        { maxAttempts: 1 + dice.below(2), initialIntervalMs: 90 + dice.below(90), backoff: 2, maxIntervalMs: 9_000 },
      ],
      idempotent: dice.chance(0.1) ? 'none' : 'key',
      ...(dice.chance(0.1) ? { if: 'false' } : {}),
      ...(dice.chance(alone ? 0.6 : 1) ? { onError: handler } : {}),
      ...(undone
        ? { compensate: tool('compensate', { chain: [candidate('p0')], input: object({ undo: literal(name) }) }) }
        : {}),
    });
  }

  #answers(provider: string, input: Readonly<Record<string, string>>): void {
    const { dice, answers } = this.making;
    const list = answers.get(provider);
    if (dice.chance(0.2)) list?.push({ input, attempt: 1, answer: this.#answer(0.8) });
    list?.push({ input, answer: this.#answer(0.25) });
  }

  #answer(failing: number): MockAnswer {
    const { dice } = this.making;
    const delayMs = 10 + dice.below(1_200);
    const usage = { inputTokens: dice.below(60), outputTokens: dice.below(60), costUsd: dice.below(40) / 1_000 };
    if (!dice.chance(failing)) return { raw: { n: dice.below(100) }, delayMs, usage };
    const type = dice.pick(['provider-unavailable', 'rate-limited', 'authentication', 'tool-error'] as const);
    return { error: { type }, delayMs, ...(dice.chance(0.5) ? { usage } : {}) };
  }

  #parallel(inner: Stand): Step {
    const { dice, calm, apart } = this.making;
    const name = this.#name();
    const count = 1 + dice.below(3);
    const join = calm || dice.chance(0.6) ? ('all' as const) : 1 + dice.below(count);
    const branches = this.#apart(count, (index) => ({
      name: `b${index}`,
      single: false,
      steps: [...(apart && join !== 'all' ? [this.#pause(3 + 4 * index)] : []), ...this.#steps(inner)],
    }));
    return { kind: 'parallel', name, branches, join, ...this.#bounds() };
  }

  /** So that no branch is decided about in the moment in which it begins. */
  #pause(forMs: number): Step {
    return { kind: 'wait', name: this.#name(), forMs };
  }

  #forEach(inner: Stand): Step {
    const { dice, calm, apart } = this.making;
    const name = this.#name();
    const count = dice.below(4);
    const [steps = []] = this.#apart(1, () => this.#steps(inner));
    const join = calm || count === 0 || dice.chance(0.7) ? 'all' : 1 + dice.below(count);
    return {
      kind: 'forEach',
      name,
      list: `[${Array.from({ length: count }, (_, i) => i).join(', ')}]`,
      as: `item_${name}`,
      concurrency: apart && (hasTimers(steps) || join !== 'all') ? 1 : 1 + dice.below(3),
      steps,
      ...(dice.chance(0.5) ? { collect: 'index' } : {}),
      join,
      onItemError: calm || dice.chance(0.5) ? 'continue' : 'fail',
      ...this.#bounds(),
    };
  }

  #repeat(inner: Stand): Step {
    const { dice } = this.making;
    const name = this.#name();
    const [steps = []] = this.#apart(1, () => this.#steps(inner));
    const rule = dice.pick([{ max: 1 + dice.below(3) }, { until: 'index >= 1', max: 4 }, { while: 'index < 2' }]);
    return { kind: 'repeat', name, ...rule, ...(dice.chance(0.3) ? { everyMs: 501 } : {}), steps, ...this.#bounds() };
  }

  #switch(inner: Stand): Step {
    const { dice } = this.making;
    const name = this.#name();
    const chosen = dice.below(3);
    const cases = this.#apart(2, (index) => ({ when: String(index === chosen), steps: this.#steps(inner) }));
    return { kind: 'switch', name, cases };
  }

  #group(inner: Stand): Step {
    const { dice } = this.making;
    const name = this.#name();
    const steps = this.#steps(inner);
    const undone = dice.chance(0.3);
    if (undone) this.#answers('p0', { undo: name });
    return {
      kind: 'steps',
      name,
      steps,
      ...(dice.chance(0.5) ? { onError: [{ continue: true as const }] } : {}),
      ...(undone
        ? { compensate: tool('compensate', { chain: [candidate('p0')], input: object({ undo: literal(name) }) }) }
        : {}),
      ...this.#bounds(),
    };
  }

  #bounds(): { readonly timeoutMs?: number } {
    const { dice, calm } = this.making;
    const timeoutMs = 200 + dice.below(6_000);
    return dice.chance(0.15) && !calm ? { timeoutMs } : {};
  }

  #waitFor({ depth, alone }: Stand): Step {
    const { dice, calm } = this.making;
    const name = this.#name();
    const reminder = calm ? this.#set() : this.#tool({ depth: 3, alone: false });
    const step: WaitForStep = {
      kind: 'waitFor',
      name,
      signal: `signal-${name}`,
      from: depth === 0 && dice.chance(0.4) ? ['boss'] : [],
      form: { type: 'object' },
      timeoutMs: 3_001 + dice.below(20_000),
      // Beside calls, what is due while the execution continues as new comes late, or not at all.
      reminders:
        dice.chance(0.5) && (alone || !calm)
          ? [{ ...dice.pick([{ afterMs: 1_003 }, { everyMs: 2_003 }]), to: [], steps: [reminder] }]
          : [],
      ...(dice.chance(alone && !calm ? 0.6 : 1) ? { onError: [{ continue: true as const }] } : {}),
    };
    this.#questions.push(step);
    return step;
  }

  #workflow({ alone }: Stand, workflow: string): Step {
    const { dice, calm, apart } = this.making;
    const name = this.#name();
    return {
      kind: 'workflow',
      name,
      workflow,
      input: object({}),
      await: calm || (apart && !alone) || dice.chance(0.8),
      ...(dice.chance(alone && !calm ? 0.6 : 1) ? { onError: [{ continue: true as const }] } : {}),
    };
  }
}

/** Whether anything in it waits for a time but calls, whose times are the mocks'. */
function hasTimers(steps: readonly Step[]): boolean {
  const text = JSON.stringify(steps, (key, value: unknown) => (key === 'chain' ? undefined : value));
  return /"(timeoutMs|everyMs|afterMs|forMs|workflow)":/.test(text);
}

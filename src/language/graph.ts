/** A plan as a Mermaid flowchart: steps with their providers, branches, cases, loops, handlers and compensations. */
import type { Handler, Plan, Step, WaitForStep } from '../plan/plan';
import { callLabel, labelOf, quoted, shapeOf, toolShape } from './graph-shapes';

/** https://mermaid.js.org/syntax/flowchart.html */
export function toMermaid(plan: Plan): string {
  const chart = new Chart();
  const start = chart.node(`([${quoted(startsOf(plan).join(' | ') || 'start')}])`);
  const ends = chart.list(plan.steps, [{ from: start }]);
  const all = [...ends, ...chart.returned];
  const last = plan.finally === undefined ? all : chart.framed('finally', plan.finally, all);
  const end = chart.node(`([${quoted('end')}])`);
  for (const exit of last) chart.edge(exit, end);
  return chart.text();
}

function startsOf({ id, events, schedule, webhook }: Plan): readonly string[] {
  return [
    ...events,
    ...(schedule === undefined ? [] : [`${schedule.cron} ${schedule.timezone}`]),
    ...(webhook === undefined ? [] : [`POST /hooks/${id}`]),
  ];
}

/** Whether a failure inside may stay inside. */
function catches(step: Step): boolean {
  if (step.onError !== undefined && step.onError.length > 0) return true;
  return (
    (step.kind === 'parallel' && step.join !== 'all') || (step.kind === 'forEach' && step.onItemError === 'continue')
  );
}

/** Where the chart goes on: a node, and what the arrow that leaves it says. */
interface Exit {
  readonly from: string;
  readonly label?: string;
}

class Chart {
  readonly #lines: string[] = ['flowchart TD'];
  #nodes = 0;
  /** Ways from `return` and `fail` to the end. */
  readonly returned: Exit[] = [];
  /** Steps around this place that go on when one inside fails. */
  #catching = 0;
  #indent = 1;

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  node(shape: string): string {
    const id = `n${this.#nodes++}`;
    this.#line(`${id}${shape}`);
    return id;
  }

  edge({ from, label }: Exit, to: string): void {
    this.#line(label === undefined ? `${from} --> ${to}` : `${from} -->|${quoted(label)}| ${to}`);
  }

  list(steps: readonly Step[], from: readonly Exit[]): readonly Exit[] {
    return steps.reduce<readonly Exit[]>((exits, step) => this.#step(step, exits), from);
  }

  #step(step: Step, from: readonly Exit[]): readonly Exit[] {
    if (step.if === undefined) return this.#unconditional(step, from);
    const test = this.node(`{${quoted(step.if)}}`);
    for (const exit of from) this.edge(exit, test);
    const exits = this.#unconditional(step, [{ from: test, label: 'yes' }]);
    return [...exits, { from: test, label: 'no' }];
  }

  #unconditional(step: Step, from: readonly Exit[]): readonly Exit[] {
    const entry = this.node(shapeOf(step));
    for (const exit of from) this.edge(exit, entry);
    const caught = catches(step) ? 1 : 0;
    this.#catching += caught;
    const exits = this.#inside(step, entry);
    this.#catching -= caught;
    if (step.compensate !== undefined) this.#dotted(entry, 'undone by', this.node(shapeOf(step.compensate)));
    return [...exits, ...this.#handlers(step.onError ?? [], entry, 'on error')];
  }

  #inside(step: Step, entry: string): readonly Exit[] {
    switch (step.kind) {
      case 'tool':
      case 'workflow':
      case 'loop':
      case 'emit':
      case 'set':
      case 'wait':
        return [{ from: entry }];
      case 'agent':
        for (const [name, tool] of Object.entries(step.loop?.tools ?? {}))
          this.#dotted(entry, callLabel(tool), this.node(toolShape(name, tool)));
        return [{ from: entry }];
      case 'return':
        // It ends the execution from wherever it stands.
        this.returned.push({ from: entry });
        return [];
      case 'fail':
        if (this.#catching === 0) this.returned.push({ from: entry, label: 'failed' });
        return [];
      case 'steps':
        return this.framed(step.name, step.steps, [{ from: entry }]);
      case 'forEach':
        return this.framed(step.name, step.steps, [{ from: entry, label: 'each' }]);
      case 'repeat':
        return this.#rounds(step.name, step.steps, entry);
      case 'waitFor':
        return this.#answer(step, entry);
      case 'parallel':
        return this.#frame(step.name, () =>
          step.branches.flatMap(({ name, steps }) => this.list(steps, [{ from: entry, label: name }])),
        );
      case 'switch': {
        const exits = this.#frame(step.name, () =>
          step.cases.flatMap(({ when, steps }) => this.list(steps, [{ from: entry, label: when ?? 'default' }])),
        );
        return step.cases.some(({ when }) => when === undefined) ? exits : [...exits, { from: entry, label: 'none' }];
      }
    }
  }

  framed(name: string, steps: readonly Step[], from: readonly Exit[]): readonly Exit[] {
    return this.#frame(name, () => this.list(steps, from));
  }

  #rounds(name: string, steps: readonly Step[], entry: string): readonly Exit[] {
    for (const exit of this.framed(name, steps, [{ from: entry, label: 'round' }])) this.edge(exit, entry);
    return [{ from: entry, label: 'done' }];
  }

  #answer(step: WaitForStep, entry: string): readonly Exit[] {
    for (const reminder of step.reminders) {
      if (reminder.steps.length === 0)
        this.#dotted(entry, labelOf(reminder), this.node(`>${quoted(reminder.to.join(', '))}]`));
      else
        this.framed(`${step.name}: ${labelOf(reminder)}`, reminder.steps, [{ from: entry, label: labelOf(reminder) }]);
    }
    return [{ from: entry }, ...this.#handlers(step.onTimeout ?? [], entry, 'on timeout')];
  }

  #dotted(from: string, label: string, to: string): void {
    this.#line(`${from} -.->|${quoted(label)}| ${to}`);
  }

  #frame(name: string, draw: () => readonly Exit[]): readonly Exit[] {
    this.#line(`subgraph ${`s${this.#nodes++}`} [${quoted(name)}]`);
    this.#indent++;
    const exits = draw();
    this.#indent--;
    this.#line('end');
    return exits;
  }

  #handlers(handlers: readonly Handler[], entry: string, what: string): readonly Exit[] {
    return handlers.flatMap((handler) => {
      const label = handler.when === undefined ? what : `${what}: ${handler.when}`;
      return handler.steps === undefined
        ? [{ from: entry, label }]
        : this.list(handler.steps, [{ from: entry, label }]);
    });
  }

  #line(text: string): void {
    this.#lines.push('  '.repeat(this.#indent) + text);
  }
}

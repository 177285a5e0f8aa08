/** A plan as a Mermaid flowchart: steps with their providers, branches, cases and handlers. */
import type { Handler, Plan, Step } from '../plan/plan';

/** https://mermaid.js.org/syntax/flowchart.html */
export function toMermaid(plan: Plan): string {
  const chart = new Chart();
  const start = chart.node(`([${quoted(plan.events.length === 0 ? 'start' : plan.events.join(' | '))}])`);
  const ends = chart.list(plan.steps, [{ from: start }]);
  const end = chart.node(`([${quoted('end')}])`);
  for (const exit of ends) chart.edge(exit, end);
  return chart.text();
}

/** Where the chart goes on: a node, and what the arrow that leaves it says. */
interface Exit {
  readonly from: string;
  readonly label?: string;
}

class Chart {
  readonly #lines: string[] = ['flowchart TD'];
  #nodes = 0;
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
    const exits = this.#inside(step, entry);
    return step.onError === undefined ? exits : [...exits, ...this.#handlers(step.onError, entry)];
  }

  #inside(step: Step, entry: string): readonly Exit[] {
    switch (step.kind) {
      case 'tool':
      case 'set':
        return [{ from: entry }];
      case 'fail':
      case 'return':
        return [];
      case 'steps':
        return this.#frame(step.name, () => this.list(step.steps, [{ from: entry }]));
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

  #frame(name: string, draw: () => readonly Exit[]): readonly Exit[] {
    this.#line(`subgraph ${`s${this.#nodes++}`} [${quoted(name)}]`);
    this.#indent++;
    const exits = draw();
    this.#indent--;
    this.#line('end');
    return exits;
  }

  #handlers(handlers: readonly Handler[], entry: string): readonly Exit[] {
    return handlers.flatMap((handler) => {
      const label = handler.when === undefined ? 'on error' : `on error: ${handler.when}`;
      return handler.steps === undefined
        ? [{ from: entry, label }]
        : this.list(handler.steps, [{ from: entry, label }]);
    });
  }

  #line(text: string): void {
    this.#lines.push('  '.repeat(this.#indent) + text);
  }
}

function shapeOf(step: Step): string {
  switch (step.kind) {
    case 'tool': {
      const providers = [
        ...step.chain.map(({ provider }) => provider),
        ...(step.mode === undefined ? [] : [step.mode]),
      ];
      return `[${quoted(`${step.name}\n${step.tool}\n${providers.join(' → ')}`)}]`;
    }
    case 'set':
      return `[/${quoted(`${step.name}\nset ${Object.keys(step.values).join(', ')}`)}/]`;
    case 'parallel':
      return `[[${quoted(step.join === 'all' ? step.name : `${step.name}\njoin ${step.join}`)}]]`;
    case 'switch':
      return `{{${quoted(step.name)}}}`;
    case 'steps':
      return `[[${quoted(step.name)}]]`;
    case 'fail':
      return `>${quoted(`${step.name}\nfail ${step.type}`)}]`;
    case 'return':
      return `([${quoted(`${step.name}\nreturn`)}])`;
  }
}

/** Mermaid reads `#…;` as an entity; everything that could end the label becomes one. */
function quoted(text: string): string {
  const shown = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  const escaped = shown.replace(/[#"<>&`|;{}[\]\\]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll('\n', '<br/>');
  return `"${escaped}"`;
}

/** Draws an execution while it runs: one line per step, redrawn in place where a person watches, else printed once it changes. */
import type { Execution, TimelineStep } from '../executions/execution';
import { duration, spentText, type Style, type Terminal } from './terminal';

const MARKS: Readonly<Record<TimelineStep['status'], { readonly mark: string; readonly style: Style }>> = {
  running: { mark: '●', style: 'cyan' },
  completed: { mark: '✔', style: 'green' },
  degraded: { mark: '◐', style: 'yellow' },
  failed: { mark: '✖', style: 'red' },
  skipped: { mark: '○', style: 'dim' },
  cancelled: { mark: '■', style: 'yellow' },
};

export interface Progress {
  /** Call it whenever the execution is known anew. */
  show(execution: Execution): void;
}

export function createProgress(terminal: Terminal): Progress {
  return terminal.live ? redrawn(terminal) : printed(terminal);
}

function redrawn({ err, columns, paint, now }: Terminal): Progress {
  let lines = 0;
  return {
    show({ steps, engineError }) {
      const width = Math.max(4, ...steps.map(({ path }) => path.length));
      const drawn = steps.map((step) => stepLine(step, { width, columns, paint, now: now() }));
      if (engineError !== undefined) drawn.push(paint('yellow', `! ${engineError.detail}`.slice(0, columns - 1)));
      // Back to the first line, then each over the old one; what is left below is cleared.
      err(`${lines > 0 ? `\x1b[${lines}A` : ''}${drawn.map((line) => `\x1b[2K${line}\n`).join('')}\x1b[J`);
      lines = drawn.length;
    },
  };
}

function printed({ err, columns, paint, now }: Terminal): Progress {
  const seen = new Map<string, string>();
  return {
    show({ steps, engineError }) {
      for (const step of steps) {
        const state = `${step.status} ${step.status === 'running' ? `${step.provider ?? ''} ${step.attempts}` : ''}`;
        if (seen.get(step.path) === state) continue;
        seen.set(step.path, state);
        err(`${stepLine(step, { width: 0, columns: Math.max(columns, 120), paint, now: now() })}\n`);
      }
      if (engineError !== undefined && seen.get('!') !== engineError.detail) err(`! ${engineError.detail}\n`);
      seen.set('!', engineError?.detail ?? '');
    },
  };
}

interface LineOptions {
  /** Of the column of step paths. */
  readonly width: number;
  readonly columns: number;
  readonly paint: Terminal['paint'];
  readonly now: number;
}

/** `✔ speech_to_text  local  attempt 2  412 ms` */
export function stepLine(step: TimelineStep, { width, columns, paint, now }: LineOptions): string {
  const { mark, style } = MARKS[step.status];
  const ms = step.status === 'running' ? now - Date.parse(step.startedAt) : step.runMs + step.waitMs;
  const facts = [
    step.status === 'completed' || step.status === 'running' ? undefined : step.status,
    providerOf(step),
    step.task?.status === 'open' ? `waits for ${step.task.roles.join(' or ') || 'anyone'}` : undefined,
    step.attempts > 1 ? `attempt ${step.attempts}` : undefined,
    step.status === 'skipped' ? undefined : duration(ms),
    ...(step.usage === undefined ? [] : spentText(step.usage)),
    step.error === undefined ? undefined : step.error.detail.split('\n')[0],
  ].filter((fact) => fact !== undefined);
  const plain = `${mark} ${step.path.padEnd(width)}  ${facts.join('  ')}`.trimEnd();
  // Cut before it is painted: a line that wraps would break the redrawing.
  const cut = plain.length > columns - 1 ? `${plain.slice(0, columns - 2)}…` : plain;
  return `${paint(style, mark)}${cut.slice(mark.length)}`;
}

/** The one that answered; while it runs, the one that was called last. */
function providerOf(step: TimelineStep): string | undefined {
  return step.provider ?? step.calls.at(-1)?.provider;
}

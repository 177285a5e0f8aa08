/** What streamed events make of an execution that is looked at. */
import type { Execution, Step } from '../shapes';

export interface Live {
  readonly execution: Execution;
  /** What models are writing, by path of the step. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A `partial` event: a piece of text, or the word that what stood there is void. */
export interface Piece {
  readonly path: string;
  readonly text: string;
  readonly reset?: boolean;
}

/** A step that is new, or as it is now; what it wrote so far is in its output when it has ended. */
export function withStep({ execution, texts }: Live, step: Step): Live {
  const { steps } = execution;
  const at = steps.findIndex(({ path }) => path === step.path);
  const changed = at === -1 ? [...steps, step] : steps.with(at, step);
  const { [step.path]: written, ...others } = texts;
  const kept = step.endedAt === undefined && written !== undefined ? texts : others;
  return { execution: { ...execution, steps: changed, usage: spent(changed, execution) }, texts: kept };
}

/** Of the whole: what is absent is over, like a pause. */
export function withStatus({ execution, texts }: Live, status: Partial<Execution>): Live {
  const { paused, engineError, ...told } = status;
  const next: Execution = { ...execution, ...told };
  delete next.paused;
  delete next.engineError;
  return { execution: { ...next, ...(paused && { paused }), ...(engineError && { engineError }) }, texts };
}

export function withPiece(live: Live, { path, text, reset }: Piece): Live {
  const before = reset === true ? '' : (live.texts[path] ?? '');
  return { ...live, texts: { ...live.texts, [path]: before + text } };
}

/** Steps that hold others tell nothing of their own; loops keep only their newest rounds, so the sum never goes below what was told. */
function spent(steps: readonly Step[], { usage }: Execution): Execution['usage'] {
  const own = steps.filter(({ calls, reused, phase }) => calls.length > 0 && reused !== true && inBudget(phase));
  const sum = (of: (step: Step) => number | undefined): number => own.reduce((all, step) => all + (of(step) ?? 0), 0);
  return {
    ...usage,
    inputTokens: Math.max(
      usage.inputTokens,
      sum((step) => step.usage?.inputTokens),
    ),
    outputTokens: Math.max(
      usage.outputTokens,
      sum((step) => step.usage?.outputTokens),
    ),
    costUsd: Math.max(
      usage.costUsd,
      sum((step) => step.usage?.costUsd),
    ),
  };
}

function inBudget(phase: Step['phase']): boolean {
  return phase !== 'compensation' && phase !== 'finally';
}

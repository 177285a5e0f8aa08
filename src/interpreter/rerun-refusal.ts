/** When an execution is not run again: the step is not one to begin with, or a call might be made twice. */
import { OmniError } from '../plan/problem';
import type { StepRecord } from '../plan/record';
import type { StepPlace } from '../plan/paths';
import { FINALLY_PREFIX } from '../plan/paths';
import type { LiveState } from './state';

/** The path that is meant by a path or a name. Throws `not-found` with all names in `data.steps`, and `validation`. */
export function pathToBegin(wanted: string, state: LiveState, places: ReadonlyMap<string, StepPlace>): string {
  const paths = state.records.has(wanted) ? [wanted] : pathsOf(wanted, state);
  const [path, ...others] = paths;
  if (path !== undefined && others.length === 0) return allowed(path);
  if (path !== undefined)
    throw refusal(`${wanted} ran more than once. Name one of its paths: ${paths.join(', ')}.`, { paths: [...paths] });
  const name =
    wanted
      .replaceAll(/\[\d+\]/g, '')
      .split('.')
      .at(-1) ?? wanted;
  const place = places.get(name);
  if (place === undefined)
    throw new OmniError('not-found', `There is no step ${wanted} in this execution.`, {
      data: { steps: [...places.keys()] },
    });
  const loop = place.pattern.includes('[]') ? place.pattern.slice(0, place.pattern.indexOf('[]')) : undefined;
  if (loop !== undefined && state.records.has(loop))
    throw refusal(
      `Nothing is on record of ${wanted}: rounds that have ended keep what they came to, not their steps. Begin with ${loop}.`,
      { suggestion: loop },
    );
  throw refusal(`${wanted} was never begun, so there is nothing of it to be run again. Leave from out to go on there.`);
}

function pathsOf(name: string, { records }: LiveState): readonly string[] {
  return [...records.values()].filter((record) => record.name === name).map(({ path }) => path);
}

function allowed(path: string): string {
  const beside = path.startsWith(FINALLY_PREFIX) || /\.compensate($|\.)|\.reminders\[/.test(path);
  if (!beside) return path;
  throw refusal(
    `${path} is no step of the plain course: compensations, reminders and finally run when their time comes. Name a step before it.`,
  );
}

function refusal(detail: string, data?: { readonly [key: string]: string | string[] }): OmniError {
  const errors = [{ pointer: '/from', detail }];
  return new OmniError('validation', detail, { errors, ...(data === undefined ? {} : { data }) });
}

export interface LostSteps {
  readonly lost: readonly StepRecord[];
  readonly from: string | undefined;
  readonly undone: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, StepPlace>;
}

/** A tool that must not be called twice is called again only by whoever names its step. */
export function refuseUnknown({ lost, from, undone, places }: LostSteps): void {
  for (const { path, name, status, calls = [] } of lost) {
    const step = places.get(name)?.step;
    if (step?.kind !== 'tool' || step.idempotent !== 'none' || path === from || undone.has(path)) continue;
    if (status === 'running' || calls.some(({ error }) => error?.type === 'outcome-unknown'))
      throw new OmniError(
        'conflict',
        `Whether the call of ${path} took effect is unknown, and ${step.tool} must not be called twice. Find out at the far side; to call it again all the same, name it: { "from": "${path}" }.`,
        { step: path },
      );
  }
}

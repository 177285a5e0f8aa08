/** What happens in the task of a model-driven step, by the place that people know it by: `review.t2` is the second turn at the step review. */
import { isWithin } from '../interpreter/idempotency-key';
import { LOOP_NAME } from '../interpreter/loop/order';
import type { CallRequest } from '../plan/call';

/** What a model asks for ends its keys, so that another question has another key. */
const SALT = /~[0-9a-f]{16}/g;

type Placed = Pick<CallRequest, 'path' | 'key'>;

/** The key without what it says of the question: the same in memory and on a server. */
export function plainKey({ key }: Pick<Placed, 'key'>): string {
  return key.replace(SALT, '');
}

/** Of a call in a task on which a model works, `review.t2` or `review.t2.1`; of another one its step's path. */
export function placeOf(request: Placed): string {
  return turnPath(request) === undefined ? request.path : outside(request);
}

/** The turn, from 1, of a question to the model. */
export function turnOf(request: Placed): number | undefined {
  const turn = /^t(\d+)$/.exec(turnPath(request) ?? '')?.[1];
  return turn === undefined ? undefined : Number(turn);
}

/** Whether a call belongs to the step at a path, or to something that the step holds. */
export function belongsTo(request: Placed, step: string): boolean {
  return isWithin(placeOf(request), step);
}

/** Where an answer to the question of a call goes: the step whose task asks, and the path within the task. */
export function questionAt(path: string): { readonly step: string; readonly path: string } | undefined {
  const [, step, question] = /^(.+)\.(t\d+\.\d+\.approval)$/.exec(path) ?? [];
  return step === undefined || question === undefined ? undefined : { step, path: `${LOOP_NAME}.${question}` };
}

/** Below the task's one step. */
function turnPath({ path, key }: Placed): string | undefined {
  const isTask = key.search(SALT) !== -1 && path.startsWith(`${LOOP_NAME}.t`);
  return isTask ? path.slice(LOOP_NAME.length + 1) : undefined;
}

/** A task's keys begin with the place of the step that asked for it. */
function outside(request: Placed): string {
  const [origin = ''] = plainKey(request).split('/');
  const [, ...steps] = origin.split('.');
  return `${steps.join('.')}.${turnPath(request) ?? ''}`.replaceAll(`.${LOOP_NAME}.t`, '.t');
}

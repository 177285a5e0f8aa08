/** What those see of an execution who may not see its data: its shape, without any text or number. */
import { isBlobReference } from '../src/plan/blob';
import type { Caller } from '../src/security/caller';
import { may } from '../src/security/caller';

/** Members of executions, steps, tasks and problems that hold what people and tools have written. */
const DATA: ReadonlySet<string> = new Set([
  'input',
  'output',
  'vars',
  'data',
  'payload',
  'context',
  'arguments',
  // Of problems: their words may quote what they are about, and pointers name members of it.
  'detail',
  'pointer',
]);

/** Of a member; what is none may be data itself. */
const NAME = /^[A-Za-z_][\w-]{0,63}$/;

/** The value itself for callers with `execution:reveal`, else a copy whose data are masked. */
export function seenBy(caller: Caller, value: unknown): unknown {
  return may(caller, 'execution:reveal') ? value : masked(value, false);
}

function masked(value: unknown, inside: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, inside));
  if (typeof value === 'object' && value !== null) {
    if (isBlobReference(value)) return { $blob: '[hidden]', bytes: value.bytes, mediaType: value.mediaType };
    return Object.fromEntries(
      Object.entries(value).map(([key, member], index) => [
        inside && !NAME.test(key) ? `[hidden ${index + 1}]` : key,
        masked(member, inside || DATA.has(key)),
      ]),
    );
  }
  return inside && (typeof value === 'string' || typeof value === 'number') ? '[hidden]' : value;
}

/** Refusals that point at every fault of a value. */
import type { z } from 'zod';
import type { Fault } from '../plan/problem';
import { OmniError } from '../plan/problem';

/** Faults of a value that a zod schema refused; `root` is the JSON Pointer of the value within what the sender sent. */
export function faultsOf(error: z.core.$ZodError, root = ''): readonly Fault[] {
  return error.issues.flatMap((issue) => {
    const at = `${root}${issue.path.map((part) => `/${escapePointer(String(part))}`).join('')}`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: `${at}/${escapePointer(key)}`, detail: 'is not known here' }));
    return [{ pointer: at, detail: issue.message }];
  });
}

/** One sentence over all faults, so that the detail alone says which fields are wrong. */
export function invalid(what: string, errors: readonly Fault[]): OmniError {
  const places = errors.map(({ pointer, detail }) => `${pointer || 'as a whole'}: ${detail.replace(/\.$/, '')}`);
  return new OmniError('validation', `${what} is not valid. ${places.slice(0, 10).join('; ')}.`, { errors });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

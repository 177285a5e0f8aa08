/** Payloads as values for activities; remembers which ones nobody encrypted, and which ones could not be opened. */
import type { Payload, PayloadConverter, SerializationContext } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { PLAIN_MARK, UNOPENED_MARK } from '../src/plan/payload-mark';
import type { Problem } from '../src/plan/problem';

interface Faults {
  /** Milliseconds since 1970: what was asked for later must not be plaintext. */
  readonly plainUntil?: number;
  readonly problem?: Problem;
}

const known = new WeakMap<object, Faults>();

/** Of an argument of an activity: all of ours are objects or lists. */
export function faultsOfArgument(argument: unknown): Faults | undefined {
  return typeof argument === 'object' && argument !== null ? known.get(argument) : undefined;
}

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    const value = defaultPayloadConverter.fromPayload<T>(payload, context);
    if (typeof value !== 'object' || value === null) return value;
    const { metadata } = payload;
    if ((metadata?.[UNOPENED_MARK]?.length ?? 0) > 0) known.set(value, { problem: value as unknown as Problem });
    else if (metadata?.[PLAIN_MARK] !== undefined)
      known.set(value, { plainUntil: Number(Buffer.from(metadata[PLAIN_MARK]).toString()) });
    return value;
  },
};

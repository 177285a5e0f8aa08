/** Payloads as values in the sandbox; heeds what the worker's codec says of them. */
import type { Payload, PayloadConverter, SerializationContext } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { PLAIN_MARK, UNOPENED_MARK } from '../src/plan/payload-mark';
import { isObject } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { problemOf } from '../src/plan/problem';
import { Plain, Unopened } from './marked-value';

/** Throws nothing: that would fail the workflow task, which Temporal retries for ever. */
function read(payload: Payload, context: SerializationContext | undefined): unknown {
  const { metadata } = payload;
  try {
    const value = defaultPayloadConverter.fromPayload<unknown>(payload, context);
    if ((metadata?.[UNOPENED_MARK]?.length ?? 0) > 0)
      return new Unopened(isObject(value) ? (value as unknown as Problem) : UNREADABLE);
    const until = metadata?.[PLAIN_MARK];
    if (until === undefined) return value;
    const { startTime, workflowId } = workflowInfo();
    if (startTime.getTime() < Number(text(until))) return value;
    return context?.type === 'workflow' && context.workflowId === workflowId ? new Plain(value) : new Unopened(FORGED);
  } catch {
    return new Unopened(UNREADABLE);
  }
}

const UNREADABLE = problemOf(
  'policy',
  'A value came in a form that is not known here. Executions whose values are encrypted need a worker that has the key (ENCRYPTION_KEY).',
);
const FORGED = problemOf(
  'policy',
  'An answer came unencrypted, though answers are encrypted here: whoever gave it does not have the key.',
);

function text(value: Uint8Array): string {
  return Array.from(value, (code) => String.fromCharCode(code)).join('');
}

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload: <T>(payload: Payload, context?: SerializationContext) => read(payload, context) as T,
};

/** `emit`: sends an event, which starts what triggers on its type. */
import type { EmitRequest } from '../../plan/emit';
import { jsonBytes } from '../../plan/json';
import type { EmitStep } from '../../plan/plan';
import { asError, OmniError } from '../../plan/problem';
import type { Runner, StepContext } from '../context';
import { withTimeout } from '../deadline';
import { nextDepth } from '../depth';
import { keyStem } from '../idempotency-key';
import { renderAt } from '../scope';

/** Temporal refuses payloads of 2 MiB. */
const MAX_DATA_BYTES = 1_500_000;

export const runEmit: Runner<'emit'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    if (bounded.record().output === undefined) await send(step, bounded);
    bounded.cancel.throwIfCancelled();
    return { kind: 'next', output: bounded.record().output ?? null };
  });

async function send(step: EmitStep, context: StepContext): Promise<void> {
  const request = requestOf(step, context);
  const { gate, clock, effects, cancel } = context;
  const held = gate.enter();
  if (held !== undefined) await held;
  try {
    if (held !== undefined) cancel.throwIfCancelled();
    const outcome = await clock.during('call', () => effects.emit(request, cancel));
    if (outcome.status === 'failed') throw asError({ ...outcome.error, step: context.path });
    if (outcome.status === 'completed') context.amend({ output: request.event.id });
  } finally {
    gate.leave();
  }
}

function requestOf(step: EmitStep, context: StepContext): EmitRequest {
  const { state, path, plan, record } = context;
  const data = renderAt(context, step.data, { path, part: 'data' }) ?? {};
  const bytes = jsonBytes(data);
  if (bytes > MAX_DATA_BYTES)
    throw new OmniError(
      'too-large',
      `The data of ${path} are ${bytes} bytes, over the limit of ${MAX_DATA_BYTES} for values built by expressions. Pass the large value on whole, so that it stays a reference.`,
    );
  const event = {
    specversion: '1.0',
    id: keyStem(state, path, '/'),
    source: `/workflows/${plan.id}`,
    type: step.type,
    time: new Date(record().startedAt).toISOString(),
    omnidepth: nextDepth(context),
  } as const;
  return { path, event, data };
}

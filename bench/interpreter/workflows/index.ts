/** Both sides of the measurement in one bundle: the interpreter, and the same work written by hand. */
import { proxyActivities } from '@temporalio/workflow';

export { default } from '../../../workflows';

type Noop = (input: { readonly step: number }) => Promise<{ readonly step: number }>;

const { noop } = proxyActivities<{ noop: Noop }>({
  startToCloseTimeout: '10s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 3 },
});

/** Five calls in a row, as an engineer would write them with the SDK alone. */
export async function byHand(): Promise<{ readonly step: number }> {
  let last = { step: 0 };
  for (let step = 1; step <= 5; step += 1) last = await noop({ step });
  return last;
}

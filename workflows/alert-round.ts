/** The workflow type `alerts:round`: one look at all alerts, then the webhooks that are due. What fails is due again in a later round. */
import { proxyActivities } from '@temporalio/workflow';
import type { LookAtAlerts, SendAlert } from '../src/plan/alert';
import { LOOK_AT_ALERTS_ACTIVITY, SEND_ALERT_ACTIVITY } from '../src/plan/alert';
import type { Json } from '../src/plan/json';

interface AlertActivities {
  readonly [LOOK_AT_ALERTS_ACTIVITY]: LookAtAlerts;
  readonly [SEND_ALERT_ACTIVITY]: SendAlert;
}

const looking = proxyActivities<AlertActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});
/** The ledger of deliveries says when each is tried again. */
const sending = proxyActivities<AlertActivities>({ startToCloseTimeout: '20s', retry: { maximumAttempts: 1 } });

export async function runAlertRound(): Promise<Json> {
  const due = await looking[LOOK_AT_ALERTS_ACTIVITY]();
  await Promise.allSettled(due.map((seq) => sending[SEND_ALERT_ACTIVITY](seq)));
  return null;
}

/** What a round of alerts asks of the process that it runs in. */
import type { LookAtAlerts, SendAlert } from '../src/plan/alert';
import { OmniError } from '../src/plan/problem';
import type { ActivityDependencies } from './dependencies';
import { told } from './failure';

type Parts = Pick<ActivityDependencies, 'alerts'>;

export function createLookAtAlerts(parts: Parts): LookAtAlerts {
  return () => told(() => alertsOf(parts).look());
}

export function createSendAlert(parts: Parts): SendAlert {
  return (seq) => told(() => alertsOf(parts).send(seq));
}

/** Another worker of the queue may have them. */
function alertsOf({ alerts }: Parts): NonNullable<Parts['alerts']> {
  if (alerts !== undefined) return alerts;
  throw new OmniError('provider-unavailable', 'This worker was started without alerts.');
}

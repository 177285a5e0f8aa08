/** How alerts stand, in words, and in which order they are read. */
import { plain } from '../format';
import type { Alert, AlertEvent } from '../shapes';

const STATES: readonly Alert['state'][] = ['firing', 'pending', 'resolved', 'ok'];
const SEVERITIES: readonly Alert['severity'][] = ['critical', 'high', 'medium', 'low', 'info'];

/** What fires first, then what is about to, the worse before the better; what is off last. */
export function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  const rank = ({ enabled, state, severity }: Alert): number =>
    (enabled ? 0 : 100) + STATES.indexOf(state) * 10 + SEVERITIES.indexOf(severity);
  return [...alerts].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** `error_rate 12.5, executions 40`. */
export function figuresText(figures: Alert['figures']): string {
  return Object.entries(figures ?? {})
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(', ');
}

const REASONS: Readonly<Record<string, string>> = {
  'no-data': 'there was nothing to read',
  'switched-off': 'it was switched off',
  deleted: 'it was deleted',
  'silence-over': 'the silence was over',
};

/** What was done, what was not and why, and how the telling went. */
export function deedsText({ event, delivery }: AlertEvent): string {
  const { actions, unsent, silenced, reason } = event;
  const telling =
    delivery === undefined
      ? []
      : delivery.lastError === undefined
        ? delivery.settledAt === undefined
          ? ['under way']
          : []
        : [
            `${delivery.settledAt === undefined ? 'tried again' : 'given up'} after ${delivery.tries}: ${delivery.lastError}`,
          ];
  return [
    ...(reason === undefined ? [] : [REASONS[reason] ?? reason]),
    ...(silenced === true ? ['silenced'] : actions.length === 0 ? [] : [`told by ${actions.join(', ')}`]),
    ...(unsent === undefined ? [] : [unsent]),
    ...telling,
  ].join('; ');
}

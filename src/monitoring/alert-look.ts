/** One look at all alerts, as a pure function: what each becomes, and who is told. */
import type { Json } from '../plan/json';
import { isObject } from '../plan/json';
import type { AlertChange, AlertStandingRow } from '../store/alert-table';
import type { ConditionReading } from './alert-condition';
import type { AlertAction, AlertRule } from './alert-rule';
import type { AlertState, Standing } from './alert-standing';
import { ALERT_STATES, nextStanding } from './alert-standing';

/** What was read for one rule. */
export interface AlertReading extends ConditionReading {
  readonly rule: AlertRule;
  /** It names something that stands, which must stand for the rule's duration. */
  readonly stands: boolean;
}

export interface AlertEvent {
  readonly state: AlertState;
  readonly from: AlertState;
  readonly name: string;
  readonly severity: AlertRule['severity'];
  readonly condition: string;
  readonly description?: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly metadata: AlertRule['metadata'];
  /** What was done; none: it is silenced, or nobody is told of this. */
  readonly actions: readonly AlertAction[];
  readonly silenced: boolean;
  /** ISO 8601: since when it stands so. */
  readonly since: string;
  /** Why, where the condition does not say it. */
  readonly reason?: 'no-data' | 'switched-off' | 'deleted' | 'silence-over';
}

/** What happened within the duration is in the figure already; a second look must agree. */
const CONFIRM_MS = 20_000;

/** `webhook`: whether one can be sent. */
export function lookAtAlerts(
  readings: readonly AlertReading[],
  standings: readonly AlertStandingRow[],
  { now, webhook }: { readonly now: Date; readonly webhook: boolean },
): readonly AlertChange[] {
  const rows = new Map(standings.map((row) => [row.id, row]));
  const ours = new Set(readings.map(({ rule }) => rule.id));
  return [
    ...readings.map((reading) => changeOf(reading, rows.get(reading.rule.id), { now, webhook })),
    ...standings.filter(({ id }) => !ours.has(id)).map((row) => goneOf(row, now)),
  ];
}

function changeOf(
  { rule, holds, figures, stands }: AlertReading,
  row: AlertStandingRow | undefined,
  { now, webhook }: { readonly now: Date; readonly webhook: boolean },
): AlertChange {
  const before = standingOf(row?.standing);
  const nowMs = now.getTime();
  const durationMs = rule.duration * 1_000;
  const terms = { holdMs: stands ? durationMs : Math.min(durationMs, CONFIRM_MS), patienceMs: durationMs };
  const from = before?.state ?? 'ok';
  const off: Standing = {
    state: from === 'firing' ? 'resolved' : from === 'pending' ? 'ok' : from,
    sinceMs: from === 'firing' || from === 'pending' ? nowMs : (before?.sinceMs ?? nowMs),
    seenMs: nowMs,
    missingMs: 0,
  };
  const after = rule.enabled ? nextStanding(before, { holds, nowMs }, terms) : off;
  const silenced = row?.silence !== undefined && row.silence.until > now;
  const changed = after.state !== from;
  const announced = row?.announced ?? false;
  // Who was not told that it fires, because it was silent then, is told when it is not any more.
  const due = after.state === 'firing' ? !announced && !silenced : changed && after.state === 'resolved' && announced;
  const told: readonly AlertAction[] =
    due && !(silenced && after.state === 'firing') ? rule.actions.filter((one) => one !== 'webhook' || webhook) : [];
  const reason = !rule.enabled
    ? 'switched-off'
    : after.state === 'resolved' && holds === undefined
      ? 'no-data'
      : changed
        ? undefined
        : 'silence-over';
  const event: AlertEvent = {
    state: after.state,
    from,
    name: rule.name,
    severity: rule.severity,
    condition: rule.condition,
    ...(rule.description !== undefined && { description: rule.description }),
    figures,
    metadata: rule.metadata,
    actions: told,
    silenced,
    since: new Date(after.sinceMs).toISOString(),
    ...(reason !== undefined && { reason }),
  };
  return {
    id: rule.id,
    standing: { ...after },
    figures: { ...figures },
    announced: after.state === 'firing' && (announced || due),
    events:
      changed || due
        ? [
            {
              event: { ...event },
              notify: told.includes('notify'),
              webhook: told.includes('webhook'),
            },
          ]
        : [],
  };
}

/** Its rule was deleted: whoever was told that it fires finds in the history that it ended. */
function goneOf({ id, standing, announced }: AlertStandingRow, now: Date): AlertChange {
  const fired = standingOf(standing)?.state === 'firing';
  const event = {
    state: 'resolved',
    from: 'firing',
    reason: 'deleted',
    since: now.toISOString(),
    actions: announced ? ['notify'] : [],
  };
  return { id, figures: {}, announced: false, events: fired ? [{ event, notify: announced, webhook: false }] : [] };
}

/** As it was written by `lookAtAlerts`; undefined for what it never wrote. */
export function standingOf(kept: Json | undefined): Standing | undefined {
  if (!isObject(kept) || !(ALERT_STATES as readonly unknown[]).includes(kept['state'])) return undefined;
  return kept as unknown as Standing;
}

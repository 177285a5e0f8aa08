/** One look at all alerts, as a pure function: what each becomes, and who is told. */
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import type { AlertChange, AlertStandingRow } from '../store/alert-table';
import type { ConditionReading } from './alert-condition';
import type { AlertAction, AlertRule } from './alert-rule';
import { ALERT_ACTIONS } from './alert-rule';
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
  /** Why an action of the rule was not done. */
  readonly unsent?: string;
  readonly silenced: boolean;
  /** ISO 8601: since when it stands so. */
  readonly since: string;
  /** Why, where the condition does not say it. */
  readonly reason?: 'no-data' | 'switched-off' | 'deleted' | 'silence-over';
}

const NO_WEBHOOK = 'No webhook was sent: ALERT_WEBHOOK_URL is not set for the worker that looked.';
/** With why the condition could not be computed. */
export type KeptStanding = Standing & { readonly fault?: string | null };

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
  { rule, holds, figures, fault, stands }: AlertReading,
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
  const told = row?.told;
  // Who was not told that it fires, because it was silent then, is told when it is not any more; who was is told of its end.
  const fires = after.state === 'firing' && told === undefined && !silenced;
  const ends = after.state === 'resolved' && changed && told !== undefined;
  const actions = fires ? rule.actions.filter((one) => one !== 'webhook' || webhook) : ends ? actionsOf(told) : [];
  const reason = !rule.enabled
    ? 'switched-off'
    : after.state === 'resolved' && holds === undefined
      ? 'no-data'
      : changed
        ? undefined
        : 'silence-over';
  const unsent = fires && rule.actions.includes('webhook') && !webhook;
  const event: AlertEvent = {
    state: after.state,
    from,
    name: rule.name,
    severity: rule.severity,
    condition: rule.condition,
    ...(rule.description !== undefined && { description: rule.description }),
    figures,
    metadata: rule.metadata,
    actions,
    ...(unsent && { unsent: NO_WEBHOOK }),
    silenced,
    since: new Date(after.sinceMs).toISOString(),
    ...(reason !== undefined && { reason }),
  };
  return {
    id: rule.id,
    // What was wrong at the look before is not wrong for ever.
    standing: { ...after, fault: fault ?? null },
    figures: { ...figures },
    ...(after.state === 'firing' && (told ?? fires) && { told: told ?? { ...event } }),
    events: changed || fires ? [toldBy({ ...event }, actions)] : [],
  };
}

/** Its rule was deleted: whoever was told that it fires is told that it ended. */
function goneOf({ id, standing, told }: AlertStandingRow, now: Date): AlertChange {
  const fired = standingOf(standing)?.state === 'firing';
  const end = { state: 'resolved', from: 'firing', reason: 'deleted', figures: {}, since: now.toISOString() };
  const event = { actions: [], ...told, ...end };
  return { id, figures: {}, events: fired ? [toldBy(event, actionsOf(told))] : [] };
}

function toldBy(event: JsonObject, actions: readonly AlertAction[]): AlertChange['events'][number] {
  return { event, deliver: actions.some((one) => one !== 'log') };
}

function actionsOf(told: JsonObject | undefined): readonly AlertAction[] {
  return ALERT_ACTIONS.filter((one) => (told?.['actions'] as readonly Json[] | undefined)?.includes(one));
}

/** As it was written by `lookAtAlerts`; undefined for what it never wrote. */
export function standingOf(kept: Json | undefined): KeptStanding | undefined {
  if (!isObject(kept) || !(ALERT_STATES as readonly unknown[]).includes(kept['state'])) return undefined;
  return kept as unknown as KeptStanding;
}

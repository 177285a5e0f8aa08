/** The alerts of an installation: rules, how they stand, silences, history, and the looks that move them. */
import type { Logger } from 'pino';
import type { Json, JsonObject } from '../plan/json';
import { references } from '../plan/expression/evaluate';
import { OmniError } from '../plan/problem';
import type { AlertChange, AlertEventRow, AlertRuleRow, AlertStandingRow, AlertTable } from '../store/alert-table';
import type { SampleTable, SampleWindow } from '../store/sample-table';
import type { CheckedCondition, ConditionReading } from './alert-condition';
import { checkCondition, readCondition } from './alert-condition';
import type { AlertFigure } from './alert-figures';
import { FIGURES, figuresWith } from './alert-figures';
import type { AlertReading } from './alert-look';
import { lookAtAlerts, standingOf } from './alert-look';
import type { AlertRule } from './alert-rule';
import { BUILT_IN_ALERTS } from './alert-rules';
import type { AlertState } from './alert-standing';
import type { Tellers } from './alert-telling';
import { telling } from './alert-telling';
import { RESOLUTIONS } from './sampler';

export interface AlertView extends AlertRule {
  readonly builtIn: boolean;
  readonly state: AlertState;
  /** Absent, as the two that follow: it was never looked at. */
  readonly since?: Date;
  readonly seenAt?: Date;
  /** What the condition's names were at the last look. */
  readonly figures?: JsonObject;
  /** Why the condition could not be computed then. */
  readonly fault?: string;
  readonly silence?: { readonly until: Date; readonly by: string; readonly reason?: string };
  readonly changed?: { readonly by: string; readonly at: Date };
}

export type AlertTerms = Pick<AlertRule, 'condition' | 'threshold' | 'duration'>;

export interface Alerts {
  /** Makes or replaces the rule of that id. Throws `validation` with where the condition is wrong. */
  put(rule: AlertRule, by: string): Promise<{ readonly alert: AlertView; readonly isNew: boolean }>;
  /** What a condition would read now, of a rule that need not be kept. Throws `validation` as `put` does. */
  check(terms: AlertTerms): Promise<ConditionReading>;
  list(): Promise<readonly AlertView[]>;
  /** Throws `not-found`, as the following do. */
  get(id: string): Promise<AlertView>;
  /** A built-in rule is as it was again; throws `conflict` when it is so already. */
  remove(id: string): Promise<void>;
  /** Until then nobody is told; undefined ends it. */
  silence(id: string, silence: AlertView['silence']): Promise<AlertView>;
  /** Newest first. */
  history(filter: {
    readonly id?: string;
    readonly before?: string;
    readonly limit: number;
  }): Promise<readonly AlertEventRow[]>;
  /** Looks at all rules; gives events whose webhooks are due. `at`: the time to go by; absent: the database's. */
  look(at?: Date): Promise<readonly string[]>;
  /** Tells an event to definitions and by webhook, if that is still to be done. */
  send(seq: string): Promise<void>;
}

export interface AlertParts extends Tellers {
  readonly table: AlertTable;
  readonly samples: Pick<SampleTable, 'window' | 'kinds'>;
  readonly home: string;
  readonly logger: Logger;
}

const resolutions = RESOLUTIONS.map(({ seconds }) => seconds);
const DAY_MS = 86_400_000;
const KEEP_MS = 30 * DAY_MS;
/** What happened is counted over at least so long: it is in a sample ten seconds later, and then two looks, half a minute apart, must see it. */
const SHORTEST_WINDOW_MS = 90_000;
const MOST_RULES = 200;
const MOST_SENT_AT_ONCE = 20;

type Figures = Readonly<Record<string, AlertFigure>>;

interface Rule {
  readonly rule: AlertRule;
  readonly row?: AlertRuleRow;
}

export function createAlerts({ table, samples, home, logger, ...tellers }: AlertParts): Alerts {
  /** Those that the conditions may name; what they name beside ours is looked for. */
  const figuresOf = async (conditions: readonly string[]): Promise<Figures> => {
    const theirs = new Set(conditions.flatMap(rootsOf).filter((name) => !Object.hasOwn(FIGURES, name)));
    return theirs.size === 0 ? FIGURES : figuresWith(await samples.kinds(home, [...theirs]));
  };
  const rules = async (): Promise<ReadonlyMap<string, Rule>> => {
    const all = new Map<string, Rule>(BUILT_IN_ALERTS.map((rule) => [rule.id, { rule }]));
    for (const row of await table.rules(home)) all.set(row.id, { rule: row.rule as unknown as AlertRule, row });
    return all;
  };
  const find = async (id: string): Promise<Rule> => {
    const known = await rules();
    const found = known.get(id);
    if (found !== undefined) return found;
    throw new OmniError('not-found', `There is no alert ${id}. Alerts: ${[...known.keys()].join(', ')}.`);
  };
  const get = async (id: string): Promise<AlertView> => {
    const [rule, standings] = await Promise.all([find(id), table.standings(home)]);
    return viewOf(
      rule,
      standings.find((one) => one.id === id),
    );
  };
  const readAll = async (now: Date): Promise<readonly AlertReading[]> => {
    const all = [...(await rules()).values()].map(({ rule }) => rule);
    const enabled = all.filter((rule) => rule.enabled);
    const known = await figuresOf(enabled.map(({ condition }) => condition));
    const checked = new Map(enabled.map((rule) => [rule, checkedOf(rule, known)]));
    const nowMs = now.getTime();
    const window = (durationMs: number, growth: readonly string[], levels: readonly string[]): Promise<SampleWindow> =>
      samples.window(home, { growth, levels, from: new Date(nowMs - durationMs), to: now, resolutions });
    const { levels } = await window(0, [], [...new Set([...checked.values()].flatMap(({ levels = [] }) => levels))]);
    // One after the other: a look must not take all the connections there are.
    const growths = new Map<number, SampleWindow['growth']>();
    for (const durationMs of new Set(enabled.map(windowMsOf))) {
      const ofThese = enabled.filter((rule) => windowMsOf(rule) === durationMs);
      const names = [...new Set(ofThese.flatMap((rule) => checked.get(rule)?.growth ?? []))];
      growths.set(durationMs, (await window(durationMs, names, [])).growth);
    }
    return all.map((rule) => {
      const condition = checked.get(rule);
      if (condition?.levels === undefined) return { rule, figures: {}, stands: false, ...condition };
      const seen = { levels, growth: growths.get(windowMsOf(rule)) ?? [] };
      return { rule, ...readCondition(rule, known, { window: seen, nowMs }), stands: condition.levels.length > 0 };
    });
  };
  /** A rule whose figures are not there any more has nothing to read. */
  const checkedOf = (rule: AlertRule, known: Figures): Partial<CheckedCondition> & { readonly fault?: string } => {
    try {
      return checkCondition(rule, known);
    } catch (error) {
      if (!(error instanceof OmniError)) throw error;
      return { fault: error.message };
    }
  };
  const say = ({ id, events }: AlertChange): void => {
    for (const { event } of events) {
      const unsent = event['unsent'];
      if (unsent === undefined && !(event['actions'] as readonly string[]).includes('log')) continue;
      const level = event['state'] === 'firing' ? 'warn' : 'info';
      logger[level](
        { alert: id, severity: event['severity'], figures: event['figures'], ...(unsent !== undefined && { unsent }) },
        `alert ${wordOf(event['state'])}`,
      );
    }
  };
  return {
    async put(rule, by) {
      checkCondition(rule, await figuresOf([rule.condition]));
      const known = await table.rules(home);
      if (known.length >= MOST_RULES && !known.some(({ id }) => id === rule.id))
        throw new OmniError('conflict', `There are ${MOST_RULES} alerts, and no more are looked at. Delete one.`);
      const isNew = await table.put(home, rule.id, rule, by);
      return { alert: await get(rule.id), isNew };
    },
    async check(terms) {
      const known = await figuresOf([terms.condition]);
      const to = new Date();
      const from = new Date(to.getTime() - windowMsOf(terms));
      const checked = checkCondition(terms, known);
      const window = await samples.window(home, { ...checked, from, to, resolutions });
      return readCondition(terms, known, { window, nowMs: to.getTime() });
    },
    async list() {
      const [known, standings] = await Promise.all([rules(), table.standings(home)]);
      const rows = new Map(standings.map((row) => [row.id, row]));
      return [...known.values()].map((rule) => viewOf(rule, rows.get(rule.rule.id)));
    },
    get,
    async remove(id) {
      await find(id);
      if (await table.remove(home, id)) return;
      throw new OmniError('conflict', `${id} is built in. To switch it off, POST it with "enabled": false.`);
    },
    async silence(id, silence) {
      await find(id);
      await table.silence(home, id, silence);
      return get(id);
    },
    history: (filter) => table.history(home, filter),
    async look(at) {
      let told: readonly AlertChange[] = [];
      await table.look(home, at, async (standings, now) => {
        told = lookAtAlerts(await readAll(now), standings, { now, webhook: tellers.webhook !== undefined });
        return told;
      });
      told.forEach(say);
      await table.sweep(home, KEEP_MS);
      return table.due(home, MOST_SENT_AT_ONCE);
    },
    send: telling({ table, home, logger, ...tellers }),
  };
}

function windowMsOf({ duration }: AlertTerms): number {
  return Math.max(SHORTEST_WINDOW_MS, duration * 1_000);
}

/** What a condition names beside its threshold; nothing of one that is none, which is told when it is checked. */
function rootsOf(condition: string): readonly string[] {
  try {
    return references(condition).roots.filter((name) => name !== 'threshold');
  } catch {
    return [];
  }
}

function wordOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function viewOf({ rule, row }: Rule, at: AlertStandingRow | undefined): AlertView {
  const standing = standingOf(at?.standing);
  const silence = at?.silence !== undefined && at.silence.until.getTime() > Date.now() ? at.silence : undefined;
  return {
    ...rule,
    builtIn: BUILT_IN_ALERTS.some(({ id }) => id === rule.id),
    state: standing?.state ?? 'ok',
    ...(standing && { since: new Date(standing.sinceMs) }),
    ...(at?.seenAt && { seenAt: at.seenAt }),
    ...(at?.figures && { figures: at.figures }),
    ...(typeof standing?.fault === 'string' && { fault: standing.fault }),
    ...(silence && { silence }),
    ...(row && { changed: { by: row.changedBy, at: row.changedAt } }),
  };
}

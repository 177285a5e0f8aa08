/** Rules of alerts, how each stands, what has become of them, and what is still to be told: the tables `alert_…`. Times are the database's. */
import type { Pool, PoolClient } from 'pg';
import type { Json, JsonObject } from '../plan/json';
import { inTransaction } from './transaction';

export interface AlertRuleRow {
  readonly id: string;
  readonly rule: Json;
  readonly changedBy: string;
  readonly changedAt: Date;
}

export interface AlertSilence {
  readonly until: Date;
  readonly by: string;
  readonly reason?: string;
}

export interface AlertStandingRow {
  readonly id: string;
  /** Absent: it was never looked at. */
  readonly standing?: Json;
  readonly figures?: JsonObject;
  readonly seenAt?: Date;
  /** The event that people were told of when it began to fire; absent: nobody was. */
  readonly told?: JsonObject;
  /** Also one that is over. */
  readonly silence?: AlertSilence;
}

export interface AlertEventRow {
  /** Orders all of them. */
  readonly seq: string;
  readonly id: string;
  readonly at: Date;
  readonly event: JsonObject;
  /** Of its event and its webhook. */
  readonly delivery?: { readonly tries: number; readonly settledAt?: Date; readonly lastError?: string };
}

/** What a look makes of one alert. */
export interface AlertChange {
  readonly id: string;
  /** Absent: the rule is gone, and is forgotten. */
  readonly standing?: Json;
  readonly figures: JsonObject;
  /** See `AlertStandingRow`. */
  readonly told?: JsonObject;
  /** What is written into the history, and told. */
  readonly events: readonly { readonly event: JsonObject; readonly deliver: boolean }[];
}

/** `home`: see `homeOf`. */
export interface AlertTable {
  /** True: it is new. */
  put(home: string, id: string, rule: object, by: string): Promise<boolean>;
  /** False: it was not there. */
  remove(home: string, id: string): Promise<boolean>;
  rules(home: string): Promise<readonly AlertRuleRow[]>;
  standings(home: string): Promise<readonly AlertStandingRow[]>;
  /** Undefined ends it. */
  silence(home: string, id: string, silence: AlertSilence | undefined): Promise<void>;
  /**
   * One look at a time, whoever looks: `decide` is given how all stand and the time, and what it gives is written as a whole. `at`: the
   * time to go by; absent: the database's.
   */
  look(
    home: string,
    at: Date | undefined,
    decide: (standings: readonly AlertStandingRow[], now: Date) => Promise<readonly AlertChange[]>,
  ): Promise<void>;
  /** Newest first. */
  history(
    home: string,
    filter: { readonly id?: string; readonly before?: string; readonly limit: number },
  ): Promise<readonly AlertEventRow[]>;
  /** Events that are to be told now, the oldest first; of each alert the first that is not settled, so that none overtakes another. */
  due(home: string, limit: number): Promise<readonly string[]>;
  /** The event, if it is still to be told. */
  undelivered(home: string, seq: string): Promise<AlertEventRow | undefined>;
  /** It was sent; or why it was not, and when it is tried again: absent, never. */
  settle(home: string, seq: string, failure?: { readonly error: string; readonly againInMs?: number }): Promise<void>;
  /** Deletes what happened longer ago than this. */
  sweep(home: string, olderMs: number): Promise<void>;
}

interface StandingRow {
  readonly id: string;
  readonly standing: Json | null;
  readonly figures: JsonObject | null;
  readonly seen_at: Date | null;
  readonly told: JsonObject | null;
  readonly silenced_until: Date | null;
  readonly silenced_by: string | null;
  readonly silence_reason: string | null;
}

interface EventRow {
  readonly seq: string;
  readonly id: string;
  readonly at: Date;
  readonly event: JsonObject;
  readonly tries: number | null;
  readonly settled_at: Date | null;
  readonly last_error: string | null;
}

const EVENTS = `SELECT e.seq, e.id, e.at, e.event, d.tries, d.settled_at, d.last_error
  FROM alert_events e LEFT JOIN alert_deliveries d ON d.home = e.home AND d.seq = e.seq`;

export function alertTable(pool: Pool): AlertTable {
  return {
    async put(home, id, rule, by) {
      const { rows } = await pool.query<{ fresh: boolean }>(
        `INSERT INTO alert_rules (home, id, rule, changed_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (home, id) DO UPDATE SET rule = EXCLUDED.rule, changed_by = EXCLUDED.changed_by,
           changed_at = clock_timestamp()
         RETURNING xmax = 0 AS fresh`,
        [home, id, JSON.stringify(rule), by],
      );
      return rows[0]?.fresh === true;
    },
    async remove(home, id) {
      const { rowCount } = await pool.query('DELETE FROM alert_rules WHERE home = $1 AND id = $2', [home, id]);
      return rowCount === 1;
    },
    async rules(home) {
      const { rows } = await pool.query<AlertRuleRow>(
        `SELECT id, rule, changed_by AS "changedBy", changed_at AS "changedAt" FROM alert_rules WHERE home = $1 ORDER BY id`,
        [home],
      );
      return rows;
    },
    standings: (home) => standingsOf(pool, home),
    async silence(home, id, silence) {
      await pool.query(
        `INSERT INTO alert_standings (home, id, silenced_until, silenced_by, silence_reason) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (home, id) DO UPDATE SET silenced_until = EXCLUDED.silenced_until, silenced_by = EXCLUDED.silenced_by,
           silence_reason = EXCLUDED.silence_reason`,
        [home, id, silence?.until ?? null, silence?.by ?? null, silence?.reason ?? null],
      );
    },
    look: (home, at, decide) =>
      inTransaction(pool, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`alerts ${home}`]);
        const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
        const now = at ?? rows[0]?.now ?? new Date();
        for (const change of await decide(await standingsOf(client, home), now)) await write(client, home, now, change);
      }),
    async history(home, { id, before, limit }) {
      const { rows } = await pool.query<EventRow>(
        `${EVENTS} WHERE e.home = $1 AND ($2::text IS NULL OR e.id = $2) AND ($3::bigint IS NULL OR e.seq < $3)
         ORDER BY e.seq DESC LIMIT $4`,
        [home, id ?? null, before ?? null, limit],
      );
      return rows.map(eventOf);
    },
    async due(home, limit) {
      const { rows } = await pool.query<{ seq: string }>(
        `SELECT seq FROM (
           SELECT DISTINCT ON (id) seq, next_at FROM alert_deliveries WHERE home = $1 AND settled_at IS NULL ORDER BY id, seq
         ) AS first WHERE next_at <= clock_timestamp() ORDER BY seq LIMIT $2`,
        [home, limit],
      );
      return rows.map(({ seq }) => seq);
    },
    async undelivered(home, seq) {
      const { rows } = await pool.query<EventRow>(
        `${EVENTS} WHERE e.home = $1 AND e.seq = $2 AND d.seq IS NOT NULL AND d.settled_at IS NULL`,
        [home, seq],
      );
      return rows[0] && eventOf(rows[0]);
    },
    async settle(home, seq, failure) {
      await pool.query(
        `UPDATE alert_deliveries SET tries = tries + 1, last_error = $3,
           next_at = clock_timestamp() + coalesce($4::float8, 0) * interval '1 ms',
           settled_at = CASE WHEN $4::float8 IS NULL THEN clock_timestamp() END
         WHERE home = $1 AND seq = $2 AND settled_at IS NULL`,
        [home, seq, failure?.error ?? null, failure?.againInMs ?? null],
      );
    },
    async sweep(home, olderMs) {
      await pool.query(`DELETE FROM alert_events WHERE home = $1 AND at < clock_timestamp() - $2 * interval '1 ms'`, [
        home,
        olderMs,
      ]);
    },
  };
}

async function write(client: PoolClient, home: string, now: Date, change: AlertChange): Promise<void> {
  const { id, standing, figures, told, events } = change;
  if (standing === undefined) await client.query('DELETE FROM alert_standings WHERE home = $1 AND id = $2', [home, id]);
  else
    await client.query(
      `INSERT INTO alert_standings (home, id, standing, figures, seen_at, told) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (home, id) DO UPDATE SET standing = EXCLUDED.standing, figures = EXCLUDED.figures,
         seen_at = EXCLUDED.seen_at, told = EXCLUDED.told`,
      [home, id, JSON.stringify(standing), JSON.stringify(figures), now, told && JSON.stringify(told)],
    );
  for (const { event, deliver } of events) {
    const { rows } = await client.query<{ seq: string }>(
      'INSERT INTO alert_events (home, id, at, event) VALUES ($1, $2, $3, $4) RETURNING seq',
      [home, id, now, JSON.stringify(event)],
    );
    const seq = rows[0]?.seq;
    if (deliver) await owe(client, home, id, seq);
  }
}

/** What waits already goes before it, and has not to wait any longer: a receiver that was down yesterday may be up. */
async function owe(client: PoolClient, home: string, id: string, seq: string | undefined): Promise<void> {
  await client.query(
    'UPDATE alert_deliveries SET next_at = clock_timestamp() WHERE home = $1 AND id = $2 AND settled_at IS NULL',
    [home, id],
  );
  await client.query('INSERT INTO alert_deliveries (home, seq, id) VALUES ($1, $2, $3)', [home, seq, id]);
}

async function standingsOf(client: Pool | PoolClient, home: string): Promise<readonly AlertStandingRow[]> {
  const { rows } = await client.query<StandingRow>(
    `SELECT id, standing, figures, seen_at, told, silenced_until, silenced_by, silence_reason
     FROM alert_standings WHERE home = $1 ORDER BY id`,
    [home],
  );
  return rows.map((row) => ({
    id: row.id,
    ...(row.standing !== null && { standing: row.standing }),
    ...(row.figures !== null && { figures: row.figures }),
    ...(row.seen_at !== null && { seenAt: row.seen_at }),
    ...(row.told !== null && { told: row.told }),
    ...(row.silenced_until !== null && {
      silence: {
        until: row.silenced_until,
        by: row.silenced_by ?? '',
        ...(row.silence_reason !== null && { reason: row.silence_reason }),
      },
    }),
  }));
}

function eventOf({ seq, id, at, event, tries, settled_at: settledAt, last_error: lastError }: EventRow): AlertEventRow {
  return {
    ...{ seq, id, at, event },
    ...(tries !== null && {
      delivery: { tries, ...(settledAt !== null && { settledAt }), ...(lastError !== null && { lastError }) },
    }),
  };
}

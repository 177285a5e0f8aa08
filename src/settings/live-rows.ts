/** What the database says of settings and flags, as this process knows it: within two seconds of a change, and never worse than its last good value. */
import type { Json } from '../plan/json';
import type { SettingTable, StoredSetting } from '../store/setting-table';

/** Notifications come at once; a lost one is made up for by asking. */
const POLL_MS = 1000;

export interface LiveRow extends StoredSetting {
  /** The newest version cannot be used; `value` is that of the newest that can, if there is one. */
  readonly unusable?: { readonly version: number; readonly detail: string };
}

export interface LiveRowsOptions {
  readonly table: SettingTable;
  /** What is wrong with a stored value, undefined when nothing is. */
  readonly faultOf: (section: string, key: string, value: Json) => string | undefined;
  /** Called once for each version that cannot be used. */
  readonly onUnusable: (row: StoredSetting, detail: string) => void;
  /** Called when the database does not answer, and when it does again. */
  readonly onReach: (error: unknown) => void;
  readonly onChange: () => void;
}

export class LiveRows {
  #rows: ReadonlyMap<string, LiveRow> = new Map();
  #revision = -1;
  #poll: NodeJS.Timeout | undefined;
  #loading: Promise<void> = Promise.resolve();
  #closed = false;
  #reached = true;
  #listening: { readonly stop: () => void } | undefined;
  readonly #told = new Set<string>();

  private constructor(private readonly options: LiveRowsOptions) {}

  /** Rejects when the database does not answer. */
  static async open(options: LiveRowsOptions): Promise<LiveRows> {
    const rows = new LiveRows(options);
    await rows.refresh();
    rows.#listening = options.table.listen(() => void rows.#look());
    rows.#wait();
    return rows;
  }

  find(section: string, key: string): LiveRow | undefined {
    return this.#rows.get(nameOf(section, key));
  }

  /** All of a section, by key. */
  in(section: string): readonly LiveRow[] {
    return this.all().filter((row) => row.section === section);
  }

  all(): readonly LiveRow[] {
    return [...this.#rows.values()];
  }

  /** Resolves when everything that was there when it was called is known. */
  refresh(): Promise<void> {
    const loaded = this.#loading.then(() => this.#load());
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#poll);
    this.#listening?.stop();
    await this.#loading;
  }

  #wait(): void {
    if (this.#closed) return;
    this.#poll = setTimeout(() => void this.#look().then(() => this.#wait()), POLL_MS);
    this.#poll.unref();
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.refresh();
      if (!this.#reached) this.options.onReach(undefined);
      this.#reached = true;
    } catch (error) {
      if (this.#reached && !this.#closed) this.options.onReach(error);
      this.#reached = false;
    }
  }

  async #load(): Promise<void> {
    const { table, onChange } = this.options;
    // Before the rows: a change in between is found the next time.
    const revision = await table.revision();
    if (revision === this.#revision) return;
    const rows = await Promise.all((await table.latest()).map((row) => this.#usable(row)));
    this.#rows = new Map(rows.map((row) => [nameOf(row.section, row.key), row]));
    this.#revision = revision;
    onChange();
  }

  /** The row, or the newest before it that is of use: every process comes to the same one. */
  async #usable(row: StoredSetting): Promise<LiveRow> {
    const detail = this.#faultOf(row);
    if (detail === undefined) return row;
    const name = `${nameOf(row.section, row.key)} ${row.version}`;
    if (!this.#told.has(name)) {
      this.#told.add(name);
      this.options.onUnusable(row, detail);
    }
    const before = await this.options.table.versions(row.section, row.key, row.version);
    const value = before.find((one) => this.#faultOf(one) === undefined)?.value;
    return { ...row, value, unusable: { version: row.version, detail } };
  }

  #faultOf({ section, key, value }: StoredSetting): string | undefined {
    return value === undefined ? undefined : this.options.faultOf(section, key, value);
  }
}

function nameOf(section: string, key: string): string {
  return `${section}.${key}`;
}

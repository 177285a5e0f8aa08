/** A map of bounded size whose entries live for a while. */

export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

export interface RecentOptions {
  readonly lifeMs: number;
  readonly size: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** The oldest entry makes room for a new one. */
export function recent<T>({ lifeMs, size, now }: RecentOptions): Recent<T> {
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until > now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, until: now() + lifeMs });
      if (entries.size > size) entries.delete(entries.keys().next().value ?? '');
    },
    delete: (key) => void entries.delete(key),
  };
}

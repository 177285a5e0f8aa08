/** PostgreSQL's notifications, as everybody in this process hears them: one connection, open while there is somebody who listens. */
import { Client } from 'pg';

/** Takes the text of a notification. */
export type Hear = (text: string) => void;

const RECONNECT_MS = 1000;

export class Listener {
  readonly #hearers = new Map<string, Set<Hear>>();
  #client: Client | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  /** `url`: a pooler that shares connections by the transaction cannot carry notifications. */
  constructor(private readonly url: string) {}

  /** Hands over what is published on the channel from about now on, until `stop` is called. The channel is ours: letters, digits and `_`. */
  add(channel: string, hear: Hear): { readonly stop: () => void } {
    const others = this.#hearers.get(channel);
    const hearers = others ?? new Set();
    hearers.add(hear);
    if (others === undefined) {
      this.#hearers.set(channel, hearers);
      if (this.#client === undefined) this.#connect();
      else this.#say(this.#client, `LISTEN ${channel}`);
    }
    return { stop: () => this.#remove(channel, hear) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hearers.clear();
    await this.#leave();
  }

  #remove(channel: string, hear: Hear): void {
    const hearers = this.#hearers.get(channel);
    if (hearers?.delete(hear) !== true || hearers.size > 0) return;
    this.#hearers.delete(channel);
    if (this.#hearers.size === 0) void this.#leave();
    else if (this.#client !== undefined) this.#say(this.#client, `UNLISTEN ${channel}`);
  }

  #connect(): void {
    clearTimeout(this.#again);
    if (this.#closed || this.#hearers.size === 0 || this.#client !== undefined) return;
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 10_000, keepAlive: true });
    this.#client = client;
    client.on('notification', ({ channel, payload = '' }) => {
      for (const hear of this.#hearers.get(channel) ?? []) hear(payload);
    });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.connect().then(
      () => {
        for (const channel of this.#hearers.keys()) this.#say(client, `LISTEN ${channel}`);
      },
      () => this.#lost(client),
    );
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    this.#again = setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#again);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** The name of a channel is made by us, of letters and digits. */
  #say(client: Client, statement: string): void {
    client.query(statement).catch(() => this.#lost(client));
  }
}

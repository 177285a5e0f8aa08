/** Error events as Sentry takes them: where a DSN leads to, and an envelope with one event. */

export interface SentryPlace {
  /** Origin and path in front of `/api`; without a slash at its end. */
  readonly baseUrl: string;
  readonly project: string;
  /** The public key; it lets events in and nothing out. */
  readonly key: string;
}

export interface SentryEvent {
  /** 32 hexadecimal digits; Sentry drops a second event with the same. */
  readonly id: string;
  readonly message: string;
  readonly level: 'fatal' | 'error' | 'warning' | 'info' | 'debug';
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Events with equal ones are one issue. */
  readonly fingerprint?: readonly string[];
}

/** `https://<key>@<host>/<path>/<project>` (https://develop.sentry.dev/sdk/foundations/transport/authentication/); undefined: it is no DSN. */
export function readDsn(dsn: string): SentryPlace | undefined {
  const url = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const parts = url?.pathname.split('/') ?? [];
  const project = parts.pop() ?? '';
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash + url.password !== '')
    return undefined;
  if (!/^\d+$/.test(project) || !/^[\w-]+$/.test(url.username)) return undefined;
  return { baseUrl: url.origin + parts.join('/'), project, key: url.username };
}

export const ENVELOPE_TYPE = 'application/x-sentry-envelope';

export function sentryHeaders({ key }: SentryPlace): Readonly<Record<string, string>> {
  return { 'x-sentry-auth': `Sentry sentry_version=7, sentry_client=omni-mcp/1, sentry_key=${key}` };
}

/** One header, then one item (https://develop.sentry.dev/sdk/data-model/envelopes/). */
export function envelope({ id, message, level, atMs, ...rest }: SentryEvent): string {
  const event = JSON.stringify({
    event_id: id,
    timestamp: atMs / 1000,
    platform: 'node',
    level,
    logger: 'omni',
    message: { formatted: message },
    ...rest,
  });
  const item = { type: 'event', content_type: 'application/json', length: Buffer.byteLength(event) };
  return [JSON.stringify({ event_id: id }), JSON.stringify(item), event, ''].join('\n');
}

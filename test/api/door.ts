/** The whole API on a real socket, with an engine worker and providers of the test's own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createApp } from '../../api/app';
import type { ApiDependencies } from '../../api/dependencies';
import { listen } from '../../api/server';
import type { Agents } from '../../src/agents/agents';
import { createCatalogue } from '../../src/catalogue/catalogue';
import type { Catalogue } from '../../src/catalogue/catalogue';
import { createKeyRing } from '../../src/encryption/key-ring';
import { createExecutions } from '../../src/executions/executions';
import type { Executions } from '../../src/executions/executions';
import type { Config, Environment } from '../../src/config';
import type { Schedules } from '../../src/executions/schedules';
import { createSchedules } from '../../src/executions/schedules';
import { createDashboard } from '../../src/library/dashboard';
import { followPublished } from '../../src/library/schedule-keeper';
import { webhookSecrets } from '../../src/library/standard-webhooks';
import { deliverEvent } from '../../src/library/start';
import type { TestingParts } from '../../src/library/testing-framework';
import { createTestingFramework } from '../../src/library/testing-framework';
import { createHealth } from '../../src/monitoring/health';
import type { AuditLog } from '../../src/security/audit';
import { ROLES } from '../../src/security/roles';
import type { Role } from '../../src/security/roles';
import type { Security } from '../../src/security/security';
import { createSecurity } from '../../src/security/security';
import type { Settings } from '../../src/settings/settings';
import { clientCodec } from '../../src/temporal/payload-codec';
import type { Harness, HarnessOptions } from '../support';
import { harness, quiet, testAudit, testSettings } from '../support';

export interface Door {
  readonly url: string;
  readonly harness: Harness;
  readonly catalogue: Catalogue;
  readonly executions: Executions;
  readonly schedules: Schedules;
  readonly agents: Agents;
  readonly audit: AuditLog;
  readonly security: Security;
  readonly settings: Settings;
  /** What `ask` sends: the key of `somebody`, who has every role but the agents'. */
  readonly authorization: Authorization;
  /** For `omni`: the address, and the same key. */
  readonly env: { readonly OMNI_URL: string; readonly OMNI_API_KEY: string };
  /** A key of somebody else. */
  keyOf(owner: string, roles: readonly Role[], groups?: readonly string[]): Promise<string>;
  /** The header with that key. */
  as(owner: string, roles: readonly Role[], groups?: readonly string[]): Promise<Authorization>;
  /** A request with a JSON body, or without one. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export type Authorization = Readonly<Record<'authorization', string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The shape of a body is what the test is about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface DoorOptions extends HarnessOptions {
  /** YAML by file name. */
  readonly definitions: Readonly<Record<string, string>>;
  /** Environment variables that hold secrets of webhooks. */
  readonly variables?: Environment;
  /** Flags and settings below the database. */
  readonly configured?: Pick<Config, 'featureFlags' | 'settings'>;
  /** Serves what a setting has to allow too: scenarios at `/testing`, and the codec server. */
  readonly whole?: true;
}

export async function openDoor(options: DoorOptions): Promise<Door> {
  let door: Door | undefined;
  const opened = (): Door => {
    if (door === undefined) throw new Error('The door is not open yet.');
    return door;
  };
  const parts = await harness({
    emit: (event, data) => deliverEvent(opened(), { event, data }),
    // What is started without a plan finds it where the API does.
    ...(options.plans ? {} : { loadDefinition: async (id, _, startOf) => opened().catalogue.loadPlan(id, startOf) }),
    ...options,
  });
  try {
    door = await openOn(parts, options);
    return door;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

async function openOn(
  parts: Harness,
  { definitions, variables = {}, configured, whole, tracing }: DoorOptions,
): Promise<Door> {
  const { client, taskQueue, store, registry, agents } = parts;
  const files = Object.entries(definitions).map(([file, text]) => ({
    id: file.replace(/\.yaml$/, ''),
    file,
    text,
  }));
  const settings = await testSettings(store, configured);
  const catalogue = createCatalogue({
    folder: { files: () => Promise.resolve(files), schemas: () => ({ fault: 'no schemas here' }) },
    table: store.definitions,
    registry,
    snapshot: (facts) => settings.snapshot(facts),
    published: (entry) => followPublished(schedules, entry),
    encrypts: true,
  });
  const schedules = createSchedules({ client, taskQueue });
  const executions = createExecutions({ client, taskQueue, store, now: () => Date.now(), uuid: () => randomUUID() });
  const audit = await testAudit(store);
  const security = createSecurity({ store, now: () => Date.now() });
  const keys = new Map<string, string>();
  const keyOf: Door['keyOf'] = async (owner, roles, groups = []) => {
    const name = JSON.stringify([owner, roles, groups]);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const { key } = await security.keys.create({ name: owner, owner, roles: [...roles], groups: [...groups] }, 'test');
    keys.set(name, key);
    return key;
  };
  const bearer = (key: string): Authorization => ({ authorization: `Bearer ${key}` });
  const ownKey = await keyOf(
    'somebody',
    ROLES.filter((role) => role !== 'agent'),
  );
  const authorization = bearer(ownKey);
  const health = createHealth(
    [
      { name: 'temporal', needed: true, ask: () => parts.connection.ensureConnected() },
      { name: 'database', needed: true, ask: () => store.ping() },
    ],
    { logger: quiet },
  );
  const api = createApp({
    audit,
    executions,
    schedules,
    agents,
    webhookSecrets: (variable) => webhookSecrets(variables, variable),
    catalogue,
    security,
    settings,
    registry,
    partials: store.partials,
    logger: quiet,
    metrics: parts.metrics,
    monitoring: parts.monitoring,
    ...(tracing && { tracing }),
    version: '0.1.0',
    ...(whole && wholeDoor({ catalogue, registry })),
    health,
    dashboard: createDashboard({ monitoring: parts.monitoring, registry, health }),
  });
  const server = await listen(api, { host: '127.0.0.1', port: 0, drainMs: 5000 });
  return {
    url: server.url,
    harness: parts,
    catalogue,
    executions,
    schedules,
    agents,
    audit,
    security,
    settings,
    authorization,
    env: { OMNI_URL: server.url, OMNI_API_KEY: ownKey },
    keyOf,
    as: async (...who) => bearer(await keyOf(...who)),
    ask: (method, path, body, headers = {}) =>
      ask(`${server.url}${path}`, { method, body, headers: { ...authorization, ...headers } }),
    async close() {
      await server.close();
      await audit.close();
      await settings.close();
      await parts.close();
    },
  };
}

function wholeDoor(parts: Pick<TestingParts, 'catalogue' | 'registry'>): Pick<ApiDependencies, 'testing' | 'codec'> {
  const codec = clientCodec({ keys: createKeyRing({ keys: [randomBytes(32)] }), namespace: 'default' });
  const testing = createTestingFramework({ ...parts, config: { definitionsDir: 'definitions', featureFlags: [] } });
  return { testing, codec: { codec, namespace: 'default', uiOrigins: [] } };
}

async function ask(
  url: string,
  { method, body, headers }: { method: string; body: unknown; headers: Record<string, string> },
): Promise<Answer> {
  const raw = typeof body === 'string';
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** The Compose file fits the official schema and keeps the promises of docs/deployment.md. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { at, composeSchema, documents, faults, ROOT } from './schema';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
  readonly networks?: readonly string[];
  readonly restart?: string;
  readonly [key: string]: unknown;
}

const [file] = documents('docker-compose.temporal.yml');
const services = Object.entries(file?.['services'] as unknown as Record<string, Service>);
const named = Object.fromEntries(services);
const ours = services.filter(([, service]) => service.image?.includes('mcp-orchestrator'));

/** `${NAME:-default}` and `${NAME:?message}` as Compose fills them in; a required name gets `required`. */
function fillIn(value: unknown, required: string): string {
  return String(value)
    .replaceAll(/\$\{(\w+):-([^}]*)\}/g, '$2')
    .replaceAll(/\$\{\w+:\?[^}]*\}/g, required);
}

describe('docker-compose.temporal.yml', () => {
  test('fits the Compose Specification', () => {
    expect(faults(composeSchema, file)).toEqual([]);
  });

  test.each([
    ['a misspelt key', { services: { a: { image: 'x', heathcheck: {} } } }],
    [
      'a dependency without a known condition',
      { services: { a: { image: 'x', depends_on: { b: { condition: 'soon' } } } } },
    ],
    ['a port that is an object of our own', { services: { a: { image: 'x', ports: [{ here: 3000 }] } } }],
  ])('would be refused with %s', (_, broken) => {
    expect(faults(composeSchema, broken)).not.toEqual([]);
  });

  test('has every part of the platform', () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      ['postgresql', 'temporal', 'temporal-schema', 'temporal-namespace', 'temporal-ui', 'api', 'engine-worker']
        .concat(['manager', 'engineer', 'tester', 'docs', 'security'].map((type) => `agent-${type}`))
        .sort(),
    );
  });

  test.each(services)('%s says how its health is seen, or runs once and ends', (name, { healthcheck, restart }) => {
    const once = services.flatMap(([, other]) => at(other.depends_on, name, 'condition') ?? []);
    if (healthcheck?.disable === true) {
      expect(new Set(once)).toEqual(new Set(['service_completed_successfully']));
      expect(restart).toMatch(/^on-failure/);
    } else {
      expect(healthcheck?.test?.[0]).toBe('CMD');
      expect(restart).toBe('unless-stopped');
    }
  });

  test.each(services)(
    '%s waits for services that exist, each on a condition that it can meet',
    (_, { depends_on = {} }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const once = named[name]?.healthcheck?.disable === true;
        expect([name, condition]).toEqual([name, once ? 'service_completed_successfully' : 'service_healthy']);
      }
    },
  );

  test.each(services)('%s has no privileges to lose and a limit on what it takes', (name, service) => {
    expect(service['cap_drop']).toEqual(['ALL']);
    expect(service['security_opt']).toEqual(['no-new-privileges:true']);
    expect(at(service, 'deploy', 'resources', 'limits')).toEqual({
      cpus: expect.any(String),
      memory: expect.stringMatching(/^\d+[mg]$/),
    });
    expect(service['read_only'] ?? false).toBe(name !== 'temporal-ui');
  });

  test('publishes on loopback only, and neither PostgreSQL nor Temporal at all', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['temporal-ui', 'api']);
    for (const [, { ports = [] }] of published) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ['postgresql', 'temporal']) expect(named[name]?.networks).toEqual(['inside']);
    expect(at(file, 'networks', 'inside', 'internal')).toBe(true);
  });

  test('holds no password: each is a variable without a default', () => {
    for (const [, { environment = {} }] of services)
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|PWD/.test(name)) expect(value).toMatch(/^\$\{\w+:\?[^}]+\}$/);
        if (['OMNI_ADMIN_KEY', 'ENCRYPTION_KEY'].includes(name)) expect(value).toMatch(/^\$\{\w+_KEY:\?[^}]+\}$/);
        else if (/_KEY$|TOKEN|SECRET/.test(name)) expect(value).toBe(`\${${name}:-}`);
        if (/:\/\//.test(String(value))) expect(String(value).replace(/\$\{[^}]+\}/g, '')).not.toMatch(/:\w+@/);
      }
  });

  test('mounts files that are there', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith('./')));
    expect(mounted.length).toBeGreaterThan(3);
    for (const volume of mounted)
      expect([volume, existsSync(path.join(ROOT, volume.split(':')[0] ?? ''))]).toEqual([volume, true]);
  });

  test.each(ours)('%s gets an environment that the configuration accepts', (_, { environment = {} }) => {
    const env = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        fillIn(value, name === 'OMNI_ADMIN_KEY' ? 'a'.repeat(32) : 'abc123'),
      ]),
    );
    const config = loadConfig({ ...env, CONFIG_PATH: env['CONFIG_PATH']?.replace('/app', ROOT) });
    expect(config.environment).toBe('production');
    expect(config.database.url).toBe('postgresql://omni:abc123@postgresql:5432/omni');
    expect(config.temporal.address).toBe('temporal:7233');
  });

  test('runs one worker per agent type, and only when asked', () => {
    const agents = services.filter(([name]) => name.startsWith('agent-'));
    expect(agents.map(([, { command }]) => command?.at(-1))).toEqual([
      'manager',
      'engineer',
      'tester',
      'docs',
      'security',
    ]);
    for (const [, { profiles }] of agents) expect(profiles).toEqual(['agents']);
    for (const [, { profiles }] of services.filter(([name]) => !name.startsWith('agent-')))
      expect(profiles).toBeUndefined();
  });
});

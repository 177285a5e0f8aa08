/** Everything that is set from outside when a process starts: the only reader of the environment. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Json } from './plan/json';
import { isObject } from './plan/json';
import { OmniError } from './plan/problem';
import { DEFAULT_TASK_QUEUE } from './plan/task-queue';
import type { Prices, Settings } from './config/settings-file';
import { readPricesFile, readSettings } from './config/settings-file';
import type {
  FeatureFlag,
  HttpCredential,
  Limit,
  OwnSettings,
  RateLimits,
  ToolSource,
  environment,
  level,
  rateLimits,
} from './config/shapes';
import { FLAGS, RATE_LIMITS } from './config/shapes';
import type { Variable } from './config/variables';
import { VARIABLES, isReservedSection } from './config/variables';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A flag below the database, and the layer that it comes from. */
export type ConfiguredFlag = FeatureFlag & { readonly origin: ConfiguredLayer };

/** Where a value comes from, the database apart. */
export type ConfiguredLayer = 'default' | 'file' | 'environment';

/** A setting below the database. */
export interface ConfiguredSetting {
  readonly section: string;
  readonly key: string;
  /** Of the environment; absent: a setting of the operator's own. */
  readonly variable?: string;
  readonly description?: string;
  readonly secret: boolean;
  /** The last one counts; a secret's values are left out. */
  readonly layers: readonly { readonly origin: ConfiguredLayer; readonly value?: Json }[];
}

export interface Config {
  readonly environment: z.infer<typeof environment>;
  /** Folder that holds package.json. */
  readonly root: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly modelsDir: string;
  readonly definitionsDir: string;
  readonly host: string;
  readonly port: number;
  readonly behindProxy: boolean;
  /** Names under which others know the API. */
  readonly publicHosts: readonly string[];
  readonly rateLimits: RateLimits;
  readonly logLevel: z.infer<typeof level>;
  readonly temporal: {
    /** `host:port`; absent: a local server is started. */
    readonly address?: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly apiKey?: string;
    readonly cliPath?: string;
    readonly port: number;
    readonly uiPort: number;
    readonly retentionDays: number;
  };
  /** Absent: bearer tokens of nobody are trusted. */
  readonly tokens?: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUrl?: string;
    readonly rolesClaim: string;
    readonly roleMap: Readonly<Record<string, string>>;
  };
  /** Key of an admin that is in no table. */
  readonly adminKey?: string;
  /** Files that the API serves HTTPS with. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly database: {
    /** Absent: the embedded PostgreSQL is started. */
    readonly url?: string;
    readonly port: number;
  };
  readonly audit: {
    /** The first one seals; none: the data directory's own. */
    readonly keys: readonly Uint8Array[];
    /** Where the newest seals are exported to. */
    readonly headFile: string;
  };
  readonly encryption: {
    readonly enabled: boolean;
    readonly key?: string;
    readonly keyFile?: string;
    readonly oldKeys: readonly string[];
    /** Ids. */
    readonly withdrawn: readonly string[];
    /** Whose pages may use the codec server. */
    readonly uiOrigins: readonly string[];
  };
  readonly tracing: {
    /** Base address of a collector; absent: spans go to the database only. */
    readonly endpoint?: string;
    /** `name=value,name=value`. */
    readonly headers?: string;
    readonly service: string;
    /** From 0 to 1. */
    readonly ratio: number;
    /** How long spans are kept. */
    readonly days: number;
  };
  /** Whether the process of the API runs an engine worker too. */
  readonly engineInApi: boolean;
  readonly agents: {
    /** Whether this process runs one agent of each type too. */
    readonly inApi: boolean;
    /** Tasks at once of each agent that this process runs; absent: as it is registered. */
    readonly concurrency?: number;
  };
  /** Whether scenarios can be run over HTTP. */
  readonly testingEnabled: boolean;
  /** Health and metrics of a worker process. */
  readonly worker: { readonly host: string; readonly port: number };
  readonly outgoing: {
    /** Private places that URLs of definitions may name. */
    readonly allow: readonly string[];
    /** Ports of the platform on this machine, which no such URL may name. */
    readonly ownPorts: readonly number[];
  };
  readonly tools: {
    readonly sources: readonly ToolSource[];
    /** Relative paths in the sources are meant from here. */
    readonly folder: string;
    /** Programs that MCP servers may be started with. */
    readonly commands: readonly string[];
    /** File of the approved contracts. */
    readonly lock: string;
  };
  /** By the name that a step's `auth` says. */
  readonly httpCredentials: Readonly<Record<string, HttpCredential>>;
  /** By provider, in place of its own. */
  readonly providerLimits: Readonly<Record<string, Limit>>;
  readonly featureFlags: readonly ConfiguredFlag[];
  /** Those of this file, read at the start, and those of the operator's own. */
  readonly settings: readonly ConfiguredSetting[];
  /** By provider, then by model, tool name or `*`. */
  readonly prices: Prices;
  /** The environment as it was read: providers look up the variables that they declare. Never logged. */
  readonly variables: Environment;
}

/** Folder of the checkout or of the installed package, whether this file runs from source or from `dist`. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder)
    folder = path.dirname(folder);
  return folder;
}

/**
 * Reads and checks the environment over the settings file over the defaults.
 * Throws one `OmniError` of type `validation` that names every wrong or, in production, missing value; `api`: also what only the API needs.
 */
export function loadConfig(env: Environment = process.env, { api = false } = {}): Config {
  const root = packageRoot();
  const production = env['NODE_ENV'] === 'production';
  const faults: string[] = [];
  const file = readSettings(
    env['CONFIG_PATH'] || path.join(root, 'config', production ? 'production.json' : 'default.json'),
    {
      required: Boolean(env['CONFIG_PATH']),
      faults,
    },
  );
  const values = new Map<string, unknown>();
  for (const variable of VARIABLES) {
    const [value, where] = lookUp(variable, env, file);
    if (value === undefined) continue;
    const parsed = variable.schema.safeParse(value);
    if (parsed.success) values.set(variable.name, parsed.data);
    else faults.push(`${where}: ${z.prettifyError(parsed.error).replace(/^✖ /, '').replaceAll('\n', ' ')}`);
  }
  const prices = { ...file.prices };
  const pricesFile = values.get('OMNI_PRICES') as string | undefined;
  const over = pricesFile === undefined ? {} : readPricesFile(pricesFile, faults);
  for (const [provider, rates] of Object.entries(over)) prices[provider] = { ...prices[provider], ...rates };
  const inEnvironment = (values.get('OMNI_SETTINGS') ?? {}) as OwnSettings;
  for (const section of [...Object.keys(file.settings), ...Object.keys(inEnvironment)])
    if (isReservedSection(section))
      faults.push(`settings.${section}: is a section of the platform itself. Choose another name.`);
  for (const [one, other] of PAIRS)
    if (values.has(one) && !values.has(other)) faults.push(`${other}: is needed with ${one}`);
  if (production) faults.push(...missing(values, api));
  if (faults.length > 0)
    throw new OmniError(
      'validation',
      `The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nSee docs/environment.md.`,
      {
        data: faults,
      },
    );
  const home = root.split(path.sep).includes('node_modules') ? process.cwd() : root;
  const defaults = new Map<string, unknown>();
  const get = <T>(name: string, absent: T): T => {
    defaults.set(name, absent);
    return values.has(name) ? (values.get(name) as T) : absent;
  };
  const optional = <K extends string>(member: K, name: string): { [P in K]?: string } =>
    values.has(name) ? ({ [member]: values.get(name) } as { [P in K]?: string }) : {};
  const folder = (name: string, absent: string): string => path.resolve(get(name, absent));
  const cacheDir = folder('OMNI_CACHE_DIR', path.join(home, '.cache'));
  const dataDir = folder('OMNI_DATA_DIR', path.join(home, '.data'));
  const config: Omit<Config, 'settings'> = {
    environment: get('NODE_ENV', 'development'),
    root,
    dataDir,
    cacheDir,
    modelsDir: folder('OMNI_MODELS_DIR', path.join(cacheDir, 'models')),
    definitionsDir: folder('OMNI_DEFINITIONS_DIR', path.join(root, 'definitions')),
    host: get('HOST', '127.0.0.1'),
    port: get('PORT', 3000),
    behindProxy: get('BEHIND_PROXY', false),
    publicHosts: get('OMNI_PUBLIC_HOSTS', []),
    rateLimits: limitsOf(get('OMNI_RATE_LIMITS', {})),
    logLevel: get('LOG_LEVEL', 'info'),
    temporal: {
      ...optional('address', 'TEMPORAL_ADDRESS'),
      namespace: get('TEMPORAL_NAMESPACE', 'default'),
      taskQueue: get('TEMPORAL_TASK_QUEUE', DEFAULT_TASK_QUEUE),
      ...optional('apiKey', 'TEMPORAL_API_KEY'),
      ...optional('cliPath', 'TEMPORAL_CLI_PATH'),
      port: get('TEMPORAL_PORT', 7233),
      uiPort: get('TEMPORAL_UI_PORT', 8233),
      retentionDays: get('OMNI_RETENTION_DAYS', 90),
    },
    tracing: {
      ...optional('endpoint', 'OTEL_EXPORTER_OTLP_ENDPOINT'),
      ...optional('headers', 'OTEL_EXPORTER_OTLP_HEADERS'),
      service: get('OTEL_SERVICE_NAME', 'omni-mcp'),
      ratio: get('OMNI_TRACE_RATIO', 1),
      days: get('OMNI_TRACE_DAYS', 7),
    },
    database: {
      ...optional('url', values.has('DATABASE_URL') ? 'DATABASE_URL' : 'NEON_DATABASE_URL'),
      port: get('OMNI_POSTGRES_PORT', 54330),
    },
    audit: {
      keys: get('AUDIT_KEY', []),
      headFile: folder('AUDIT_HEAD_FILE', path.join(dataDir, 'audit-heads.jsonl')),
    },
    encryption: {
      enabled: get('ENCRYPTION_ENABLED', true),
      ...optional('key', 'ENCRYPTION_KEY'),
      ...optional('keyFile', 'ENCRYPTION_KEY_FILE'),
      oldKeys: get('ENCRYPTION_OLD_KEYS', []),
      withdrawn: get('ENCRYPTION_WITHDRAWN_KEYS', []),
      uiOrigins: get('TEMPORAL_UI_ORIGINS', []),
    },
    ...optional('adminKey', 'OMNI_ADMIN_KEY'),
    ...(values.has('AUTH_ISSUER')
      ? {
          tokens: {
            issuer: get('AUTH_ISSUER', ''),
            audience: get('AUTH_AUDIENCE', ''),
            ...optional('jwksUrl', 'AUTH_JWKS_URL'),
            rolesClaim: get('AUTH_ROLES_CLAIM', 'roles'),
            roleMap: get('AUTH_ROLE_MAP', {}),
          },
        }
      : {}),
    ...(values.has('TLS_CERT_FILE')
      ? { tls: { certFile: folder('TLS_CERT_FILE', ''), keyFile: folder('TLS_KEY_FILE', '') } }
      : {}),
    engineInApi: get('OMNI_ENGINE', !production),
    agents: {
      inApi: get('OMNI_AGENTS', get('NODE_ENV', 'development') === 'development'),
      ...(values.has('OMNI_AGENT_CONCURRENCY') ? { concurrency: get('OMNI_AGENT_CONCURRENCY', 0) } : {}),
    },
    testingEnabled: get('TESTING_ENABLED', get('NODE_ENV', 'development') === 'development'),
    worker: { host: get('WORKER_HOST', '127.0.0.1'), port: get('WORKER_PORT', 9464) },
    outgoing: {
      allow: get('OMNI_OUTGOING_ALLOW', []),
      ownPorts: [
        get('PORT', 3000),
        get('WORKER_PORT', 9464),
        get('TEMPORAL_PORT', 7233),
        get('TEMPORAL_UI_PORT', 8233),
        get('OMNI_POSTGRES_PORT', 54330),
      ],
    },
    tools: {
      sources: get('OMNI_TOOLS', []),
      folder: env['OMNI_TOOLS'] ? process.cwd() : path.dirname(path.resolve(file.path)),
      commands: get('OMNI_MCP_COMMANDS', []),
      lock: folder('OMNI_TOOLS_LOCK', path.join(path.dirname(file.path), 'tools.lock.json')),
    },
    httpCredentials: get('OMNI_HTTP_CREDENTIALS', {}),
    providerLimits: get('OMNI_PROVIDER_LIMITS', {}),
    featureFlags: layeredFlags(file.featureFlags, get<readonly FeatureFlag[]>('OMNI_FEATURE_FLAGS', [])),
    prices,
    variables: env,
  };
  const given = [
    { origin: 'file', settings: file.settings },
    { origin: 'environment', settings: inEnvironment },
  ] as const;
  return { ...config, settings: [...knownSettings(env, file, defaults), ...layeredSettings(given)] };
}

function limitsOf(set: z.infer<typeof rateLimits>): RateLimits {
  const all = Object.entries({ ...RATE_LIMITS, ...set });
  return Object.fromEntries(all.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** By name; the later layer wins. */
function layeredFlags(
  inFile: readonly FeatureFlag[],
  inEnvironment: readonly FeatureFlag[],
): readonly ConfiguredFlag[] {
  const layers = [
    ['default', FLAGS],
    ['file', inFile],
    ['environment', inEnvironment],
  ] as const;
  const byName = new Map<string, ConfiguredFlag>();
  for (const [origin, some] of layers) for (const one of some) byName.set(one.name, { ...one, origin });
  return [...byName.values()];
}

function knownSettings(
  env: Environment,
  file: Settings,
  defaults: ReadonlyMap<string, unknown>,
): readonly ConfiguredSetting[] {
  return VARIABLES.flatMap((variable) => {
    const { name, setting, description, secret = false } = variable;
    const [section = '', key] = setting?.split('.') ?? [];
    if (key === undefined) return [];
    const inFile = lookUp(variable, {}, file)[0];
    const layer = (origin: ConfiguredLayer, value: unknown): ConfiguredSetting['layers'] =>
      value === undefined || value === ''
        ? []
        : [secret ? { origin } : { origin, value: variable.schema.parse(value) as Json }];
    const absent = defaults.get(name);
    const layers = [
      ...(absent === undefined || secret ? [] : [{ origin: 'default' as const, value: absent as Json }]),
      ...layer('file', inFile),
      ...layer('environment', env[name]),
    ];
    return [{ section, key, variable: name, description, secret, layers }];
  });
}

function layeredSettings(
  given: readonly { readonly origin: ConfiguredLayer; readonly settings: OwnSettings }[],
): readonly ConfiguredSetting[] {
  const layersOf = new Map<string, ConfiguredSetting>();
  for (const { origin, settings } of given)
    for (const [section, members] of Object.entries(settings))
      for (const [key, value] of Object.entries(members)) {
        const name = `${section}.${key}`;
        const before = layersOf.get(name)?.layers ?? [];
        layersOf.set(name, { section, key, secret: false, layers: [...before, { origin, value }] });
      }
  return [...layersOf.values()];
}

/** The value that counts and the place to name when it is wrong; an empty variable counts as absent. */
function lookUp(variable: Variable, env: Environment, file: Settings): readonly [unknown, string] {
  const value = env[variable.name];
  if (value !== undefined && value !== '') return [value, variable.name];
  const [section = '', member] = variable.setting?.split('.') ?? [];
  const members = file.sections[section];
  return [
    member === undefined ? members : isObject(members) ? members[member] : undefined,
    `${file.path} ${variable.setting ?? ''}`,
  ];
}

/** The first is of no use without the second. */
const PAIRS = [
  ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'],
  ['AUTH_ISSUER', 'AUTH_AUDIENCE'],
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
] as const;

function missing(values: ReadonlyMap<string, unknown>, api: boolean): readonly string[] {
  return [
    ...(values.has('DATABASE_URL') || values.has('NEON_DATABASE_URL')
      ? []
      : ['DATABASE_URL: is required in production (or NEON_DATABASE_URL)']),
    ...(values.has('TEMPORAL_ADDRESS') ? [] : ['TEMPORAL_ADDRESS: is required in production']),
    ...(['ENCRYPTION_KEY', 'ENCRYPTION_KEY_FILE'].some((name) => values.has(name)) ||
    values.get('ENCRYPTION_ENABLED') === false
      ? []
      : ['ENCRYPTION_KEY: is required in production (or ENCRYPTION_KEY_FILE, or ENCRYPTION_ENABLED=false)']),
    ...(!api || values.has('OMNI_ADMIN_KEY') || values.has('AUTH_ISSUER')
      ? []
      : ['OMNI_ADMIN_KEY: is required in production (or AUTH_ISSUER)']),
    ...(!api || values.has('AUDIT_KEY') ? [] : ['AUDIT_KEY: is required in production']),
  ];
}

/** Everything that is set from outside when a process starts: the only reader of the environment. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Json, JsonObject } from './plan/json';
import { isObject } from './plan/json';
import { references } from './plan/expression/evaluate';
import type { Price } from './plan/price';
import { OmniError } from './plan/problem';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One row of the table in docs/environment.md. */
export interface Variable {
  readonly name: string;
  readonly description: string;
  /** As the table shows it; the value itself is filled in by `loadConfig`. */
  readonly default?: string;
  /** Never shown or logged. */
  readonly secret?: boolean;
  /** Where a JSON settings file holds the same value, as `section.key`. */
  readonly setting?: string;
  readonly schema: z.ZodType;
}

export const DEFAULT_TASK_QUEUE = 'omni-engine';

const text = z.string().min(1);
const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().min(1);
const url = z.url();
const yes = z.union([z.boolean(), z.stringbool()]);
const environment = z.enum(['development', 'test', 'production']);
const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

const list = z.union([
  z.array(text),
  text.transform((words) =>
    words
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
]);
const limit = z.strictObject({
  perSecond: z.number().positive().optional(),
  burst: count.optional(),
  shared: z.boolean().optional(),
  concurrent: count.optional(),
  failures: count.optional(),
  openMs: count.optional(),
});
/** Members that are absent are left out, not undefined. */
type Limit = { readonly [K in keyof z.infer<typeof limit>]?: NonNullable<z.infer<typeof limit>[K]> };
const limits = z.union([z.record(z.string(), limit), z.preprocess(parsedJson, z.record(z.string(), limit))]);

/** By name: what a request carries, and the origins that it is for. `${NAME}` stands for a variable of the environment. */
const credential = z.strictObject({
  origins: z
    .array(
      z
        .url({ protocol: /^https?$/ })
        .refine(
          (one) => new URL(one).href === `${new URL(one).origin}/`,
          'must be an origin, such as https://api.example.com',
        ),
    )
    .min(1),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string()).default({}),
  query: z.record(text, z.string()).default({}),
});
const credentials = z.record(text, credential);

/** A credential of `http.request`. */
export type HttpCredential = z.infer<typeof credential>;

/** Lower-case, since it is the first half of tool names. */
const sourceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be lower-case letters, digits and hyphens, beginning with a letter');
/** By the tool's own name. Without a word of it a tool is tried once, since only the operator knows what it does. */
const toolTerms = z.record(
  text,
  z.strictObject({ idempotent: z.enum(['natural', 'none']).optional(), timeoutMs: count.optional() }),
);
const mcpServer = {
  mcp: sourceName,
  include: z.array(text).optional(),
  tools: toolTerms.default({}),
  timeoutMs: count.default(60_000),
};
const openApi = z.strictObject({
  openapi: text,
  name: sourceName.optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  auth: z.record(text, z.string()).default({}),
  include: z.array(text).optional(),
  tools: z
    .record(
      text,
      z.strictObject({ idempotent: z.enum(['key', 'natural', 'none']).optional(), timeoutMs: count.optional() }),
    )
    .default({}),
  timeoutMs: count.default(60_000),
});
const plugin = z.strictObject({ plugin: text });
const toolSources = z.array(
  z.union([
    openApi,
    plugin,
    z.strictObject({
      ...mcpServer,
      command: text,
      args: z.array(z.string()).default([]),
      env: z.record(text, z.string()).default({}),
      cwd: text.optional(),
    }),
    z.strictObject({
      ...mcpServer,
      url: z.url({ protocol: /^https?$/ }),
      headers: z.record(text, z.string()).default({}),
    }),
  ]),
);
const tools = z.union([toolSources, z.preprocess(parsedJson, toolSources)]);

/** One entry of the setting `tools`: where tools come from that are no part of the platform. */
export type ToolSource = z.infer<typeof toolSources>[number];
/** A server of the Model Context Protocol; `${NAME}` in `env` and `headers` stands for a variable of the environment. */
export type McpSource = Extract<ToolSource, { readonly mcp: string }>;

/** A document of OpenAPI 3; `auth` holds keys by the document's security schemes, with `${NAME}` as above. */
export type OpenApiSource = z.infer<typeof openApi>;

/** A file (`./…` or absolute) or package whose default export holds tools and providers. */
export type PluginSource = z.infer<typeof plugin>;

/** Requests of one caller in a minute, by what they do; false: no limit. */
const perMinute = z.union([count, z.literal(false)]).optional();
const rateLimits = z.strictObject({ read: perMinute, write: perMinute, start: perMinute, login: perMinute });
export type RequestClass = keyof z.infer<typeof rateLimits>;
/** Where there is no number there is no limit. */
export type RateLimits = Readonly<Partial<Record<RequestClass, number>>>;
const RATE_LIMITS = { read: 18_000, write: 6_000, start: 12_000, login: 60 };

const percentage = z.number().min(0).max(100);

const rule = z.strictObject({
  /** An expression over `context` and `payload` of the start. */
  when: text.max(2000).superRefine((source, check) => {
    const fault = ruleFault(source);
    if (fault !== undefined) check.addIssue(fault);
  }),
  enabled: z.boolean().default(true),
  rolloutPercentage: percentage.optional(),
});

export const FLAG_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** What is said of a flag, its name apart. */
export const flagMembers = {
  enabled: z.boolean(),
  rolloutPercentage: percentage.optional(),
  description: z.string().max(1000).optional(),
  targeting: z.array(rule).max(50).optional(),
};

const flag = z.strictObject({
  name: z.string().regex(FLAG_NAME, 'must be a letter, then letters, digits, dots, underscores and hyphens'),
  ...flagMembers,
});
const flags = z.array(flag);

/** A switch with a rollout: on for the given part of those who start executions (default: all), unless a rule decides first. */
export type FeatureFlag = z.infer<typeof flag>;

/** Flags that are there without any file. */
const FLAGS: readonly FeatureFlag[] = [
  {
    name: 'LM_COACH_REASONING_MODEL',
    enabled: false,
    description: 'Use advanced reasoning model for coach feedback',
  },
];

/** Names of sections and of keys in them, as expressions can say them after a dot. */
export const SETTING_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

const settingName = z.string().regex(SETTING_NAME, 'must be a letter, then letters, digits and underscores');
const ownSettings = z.record(
  settingName,
  z.record(
    settingName,
    z.json().refine((value) => value !== null, 'must not be null'),
  ),
);
type OwnSettings = Readonly<Record<string, Readonly<Record<string, Json>>>>;

function ruleFault(source: string): string | undefined {
  try {
    const strange = references(source).roots.filter((root) => root !== 'context' && root !== 'payload');
    return strange.length === 0
      ? undefined
      : `reads ${strange.join(', ')}; a rule reads context and payload of the start alone`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** At least 32 bytes each, in hexadecimal digits; the first one is used, the others are still known. */
const keyRing = text
  .transform((words) => words.split(',').map((word) => word.trim()))
  .refine((words) => words.every((word) => /^(?:[0-9a-f]{2}){32,}$/i.test(word)), {
    error:
      'must be 64 or more hexadecimal digits, as `openssl rand -hex 32` prints them; older keys follow behind commas',
  })
  .transform((words): readonly Uint8Array[] => words.map((word) => Buffer.from(word, 'hex')));
/** What the roles are is known further down (src/security/roles.ts), and told there when one is unknown. */
const roles = z.record(text, text);
const roleMap = z.union([roles, z.preprocess(parsedJson, roles)]);

type Rest = Omit<Variable, 'name' | 'description' | 'schema'>;
const row = (name: string, schema: z.ZodType, description: string, rest: Rest = {}): Variable => ({
  name,
  schema,
  description,
  ...rest,
});
const key = (name: string, description: string, schema: z.ZodType = text): Variable =>
  row(name, schema, description, { secret: true });
const address = (name: string, description: string, setting?: string): Variable =>
  row(name, url, description, setting === undefined ? {} : { setting });
const baseUrl = (name: string, vendor: string): Variable =>
  address(name, `Base URL of ${vendor}, to be set when a stub or a proxy stands in.`);

/** Every variable that the platform reads, in the order of docs/environment.md. */
export const VARIABLES: readonly Variable[] = [
  row('NODE_ENV', environment, 'In `production` nothing is made up: what is missing is named and the start refused.', {
    default: 'development',
  }),
  row('CONFIG_PATH', text, 'JSON settings file; the environment wins over it.', {
    default: '`config/production.json` in production, else `config/default.json`',
  }),
  row('HOST', text, 'Address that the API listens on.', { default: '127.0.0.1', setting: 'server.host' }),
  row('PORT', port, 'Port of the API.', { default: '3000', setting: 'server.port' }),
  row('BEHIND_PROXY', yes, 'Whether `X-Forwarded-*` headers are to be trusted.', {
    default: 'false',
    setting: 'server.behindProxy',
  }),
  row(
    'OMNI_PUBLIC_HOSTS',
    list,
    'Names under which the API is known to others, comma-separated, such as `omni.example.com`. Requests for other names are refused; see docs/requests.md.',
    { default: 'loopback’s names; when `HOST` is none of loopback, every name', setting: 'server.publicHosts' },
  ),
  row(
    'OMNI_RATE_LIMITS',
    z.union([rateLimits, z.preprocess(parsedJson, rateLimits)]),
    'Requests that one caller may send in a minute, as JSON by class: `{"start":600,"read":false}`; `false` lifts a limit.',
    {
      default: `\`${JSON.stringify(RATE_LIMITS)}\``,
      setting: 'server.rateLimits',
    },
  ),
  row('LOG_LEVEL', level, 'Least level that is logged.', {
    default: '`info`; `config/default.json` says `warn`',
    setting: 'logging.level',
  }),
  row('OMNI_DATA_DIR', text, 'Folder of the embedded database and of the local Temporal server.', {
    default: '`.data` in the checkout',
    setting: 'storage.dataDir',
  }),
  row('OMNI_CACHE_DIR', text, 'Folder of downloaded programs; can be deleted at any time.', {
    default: '`.cache` in the checkout',
    setting: 'storage.cacheDir',
  }),
  row('OMNI_MODELS_DIR', text, 'Folder of the local engines’ models.', {
    default: '`models` in `OMNI_CACHE_DIR`',
    setting: 'storage.modelsDir',
  }),
  row(
    'OMNI_FEATURE_FLAGS',
    z.preprocess(parsedJson, flags),
    'Feature flags as JSON, each in place of the one of that name in the settings file: `[{"name":"NEW_VOICE","enabled":true,"rolloutPercentage":10}]`. See docs/settings.md.',
    { setting: 'featureFlags' },
  ),
  row(
    'OMNI_SETTINGS',
    z.preprocess(parsedJson, ownSettings),
    'Settings of your own, for definitions to read, as JSON by section and key: `{"coach":{"maxWords":200}}`. See docs/settings.md.',
    { setting: 'settings' },
  ),
  row('OMNI_PRICES', text, 'JSON file of prices; it wins over `prices` in the settings file.'),
  row('OMNI_DEFINITIONS_DIR', text, 'Folder of the YAML definitions.', {
    default: '`definitions` in the checkout',
    setting: 'storage.definitionsDir',
  }),
  row('TEMPORAL_ADDRESS', text, 'Temporal server to use, `host:port`; without it `npm start` runs one of its own.', {
    setting: 'temporal.address',
  }),
  row('TEMPORAL_NAMESPACE', text, 'Temporal namespace.', { default: 'default', setting: 'temporal.namespace' }),
  row('TEMPORAL_TASK_QUEUE', text, 'Task queue of the engine workers.', {
    default: DEFAULT_TASK_QUEUE,
    setting: 'temporal.taskQueue',
  }),
  key('TEMPORAL_API_KEY', 'API key of a Temporal Cloud namespace; switches TLS on.'),
  row('TEMPORAL_CLI_PATH', text, 'Temporal program to run; looked for and else downloaded when absent.'),
  row('TEMPORAL_PORT', port, 'Port of the local Temporal server.', { default: '7233', setting: 'temporal.port' }),
  row('TEMPORAL_UI_PORT', port, 'Port of the local Temporal Web UI.', { default: '8233', setting: 'temporal.uiPort' }),
  row(
    'TEMPORAL_UI_ORIGINS',
    list,
    'Where pages of a Temporal Web UI come from that may use the codec server, such as `https://temporal.example.com`, comma-separated; that of `npm start` may anyway.',
    { setting: 'encryption.uiOrigins' },
  ),
  row(
    'OMNI_RETENTION_DAYS',
    count,
    'How long executions are kept whose definitions do not say (`dataRetention`): history, stored values, keys.',
    {
      default: '90',
      setting: 'temporal.retentionDays',
    },
  ),
  row('DATABASE_URL', url, 'PostgreSQL to use; without it `npm start` runs one of its own.', { secret: true }),
  row('NEON_DATABASE_URL', url, 'The same; `DATABASE_URL` wins. `sql.query` of `neon` goes there in any case.', {
    secret: true,
  }),
  row('OMNI_POSTGRES_PORT', port, 'Port of the embedded PostgreSQL.', { default: '54330', setting: 'database.port' }),
  row('OMNI_ENGINE', yes, 'Whether the process of the API runs an engine worker too.', {
    default: '`true`, in production `false`',
    setting: 'worker.inApi',
  }),
  row('WORKER_HOST', text, 'Address of a worker’s health and metrics port.', {
    default: '127.0.0.1',
    setting: 'worker.host',
  }),
  row('WORKER_PORT', port, 'Port of a worker’s `/healthz`, `/readyz` and `/metrics`.', {
    default: '9464',
    setting: 'worker.port',
  }),
  row('TESTING_ENABLED', yes, 'Whether scenarios can be run over HTTP, at `/testing`.', {
    default: '`true` where `NODE_ENV` is `development`, else `false`',
    setting: 'testing.enabled',
  }),
  row(
    'OMNI_OUTGOING_ALLOW',
    list,
    'Private places that URLs of definitions may name: `host`, `address` or `address/bits`, with or without `:port`, comma-separated.',
    { setting: 'outgoing.allow' },
  ),
  row(
    'OMNI_PROVIDER_LIMITS',
    limits,
    'Limits by provider as JSON, in place of its own: `{"openrouter":{"perSecond":5,"burst":10,"shared":true,"concurrent":20,"failures":5,"openMs":30000}}`.',
    { setting: 'providers.limits' },
  ),
  row(
    'OMNI_HTTP_CREDENTIALS',
    z.union([credentials, z.preprocess(parsedJson, credentials)]),
    'Keys of `http.request` by name, as JSON: `{"shop":{"origins":["https://api.shop.example"],"headers":{"authorization":"Bearer ${SHOP_TOKEN}"}}}`.',
    { setting: 'http.credentials', secret: true },
  ),
  row(
    'OMNI_TOOLS',
    tools,
    'Where more tools come from, as JSON: `[{"mcp":"files","command":"node","args":["server.js"]}]`. See docs/more-tools.md.',
    { setting: 'tools' },
  ),
  row('OMNI_MCP_COMMANDS', list, 'Programs that MCP servers may be started with, comma-separated; none unless told.', {
    setting: 'mcp.commands',
  }),
  row('OMNI_TOOLS_LOCK', text, 'File that holds the approved contracts of MCP tools.', {
    default: '`tools.lock.json` beside the settings file',
    setting: 'mcp.lock',
  }),
  key(
    'SMTP_URL',
    'Mail server of `email.send`: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte on. A login needs TLS, unless it ends with `?tls=optional`.',
  ),
  row('EMAIL_FROM', text, 'Who sends: an address, or `Name <address>`.'),
  row(
    'AUDIT_KEY',
    keyRing,
    'Key that the rows of the audit log are sealed with, 64 hexadecimal digits; older keys behind commas. Required in production by the API. See docs/audit.md.',
    { secret: true, default: 'made once, in `audit.key` in `OMNI_DATA_DIR`' },
  ),
  row('AUDIT_HEAD_FILE', text, 'File that the newest seals of the audit log are appended to.', {
    default: '`audit-heads.jsonl` in `OMNI_DATA_DIR`',
    setting: 'audit.headFile',
  }),
  key(
    'ENCRYPTION_KEY',
    'Key that payloads and stored values are encrypted with: 32 random bytes in base64 or hexadecimal (`openssl rand -base64 32`). See docs/encryption.md.',
  ),
  row(
    'ENCRYPTION_KEY_FILE',
    text,
    'File with keys, one a line, in place of `ENCRYPTION_KEY`: the first encrypts, all open.',
    {
      default: '`encryption.key` in `OMNI_DATA_DIR`, made at the first start; in production none',
      setting: 'encryption.keyFile',
    },
  ),
  row('ENCRYPTION_OLD_KEYS', list, 'Earlier keys, comma-separated: they open what was encrypted with them.', {
    secret: true,
  }),
  row(
    'ENCRYPTION_WITHDRAWN_KEYS',
    list,
    'Ids of keys that are given up, comma-separated: what was encrypted with them stays closed for good.',
    { setting: 'encryption.withdrawnKeys' },
  ),
  row('ENCRYPTION_ENABLED', yes, 'Whether payloads and stored values are encrypted; with `false` keys only open.', {
    default: 'true',
    setting: 'encryption.enabled',
  }),
  key(
    'OMNI_ADMIN_KEY',
    'A key of the API with the role admin, in no table: 32 characters or more. In production the API needs it, or `AUTH_ISSUER`; elsewhere the first start makes keys.',
    z.string().regex(/^[\x21-\x7e]{32,}$/, 'must have 32 or more printable ASCII characters and no space'),
  ),
  address('AUTH_ISSUER', 'Issuer of bearer tokens (JWT) that are trusted beside keys.', 'auth.issuer'),
  row('AUTH_AUDIENCE', text, 'What their `aud` must name; needed with `AUTH_ISSUER`.', { setting: 'auth.audience' }),
  address(
    'AUTH_JWKS_URL',
    'Where the issuer publishes its keys; `/.well-known/jwks.json` below it unless told.',
    'auth.jwksUrl',
  ),
  row('AUTH_ROLES_CLAIM', text, 'Claim with the roles, dots between members: `realm_access.roles`.', {
    default: 'roles',
    setting: 'auth.rolesClaim',
  }),
  row(
    'AUTH_ROLE_MAP',
    roleMap,
    'From the issuer’s words to roles, as JSON: `{"platform-team":"admin"}`. Without it its words count as they are.',
    { setting: 'auth.roleMap' },
  ),
  row('TLS_CERT_FILE', text, 'Certificate chain (PEM) that the API serves HTTPS with; needs `TLS_KEY_FILE`.', {
    setting: 'server.tlsCertFile',
  }),
  row('TLS_KEY_FILE', text, 'Its private key (PEM).', { setting: 'server.tlsKeyFile' }),
  key('OPENROUTER_API_KEY', 'OpenRouter.'),
  baseUrl('OPENROUTER_BASE_URL', 'OpenRouter'),
  key('GEMINI_API_KEY', 'Google Gemini.'),
  baseUrl('GEMINI_BASE_URL', 'Google Gemini'),
  key('QWEN_MAX_API_KEY', 'Qwen.'),
  baseUrl('QWEN_BASE_URL', 'Qwen'),
  key('DEEPSEEK_API_KEY', 'DeepSeek.'),
  baseUrl('DEEPSEEK_BASE_URL', 'DeepSeek'),
  key('GROK_API_KEY', 'Grok.'),
  baseUrl('GROK_BASE_URL', 'Grok'),
  key('MINIMAX_API_KEY', 'MiniMax.'),
  baseUrl('MINIMAX_BASE_URL', 'MiniMax'),
  key('ELEVENLABS_API_KEY', 'ElevenLabs.'),
  baseUrl('ELEVENLABS_BASE_URL', 'ElevenLabs'),
  key('FIRECRAWL_API_KEY', 'Firecrawl.'),
  baseUrl('FIRECRAWL_BASE_URL', 'Firecrawl'),
  key('PERPLEXITY_API_KEY', 'Perplexity.'),
  baseUrl('PERPLEXITY_BASE_URL', 'Perplexity'),
  key('GITHUB_TOKEN', 'GitHub.'),
  baseUrl('GITHUB_BASE_URL', 'GitHub'),
  key('INTERCOM_TOKEN', 'Intercom.'),
  baseUrl('INTERCOM_BASE_URL', 'Intercom'),
  key('ADOBE_EXPRESS_TOKEN', 'Adobe Express.'),
  baseUrl('ADOBE_EXPRESS_BASE_URL', 'Adobe Express'),
  key('ASANA_TOKEN', 'Asana.'),
  baseUrl('ASANA_BASE_URL', 'Asana'),
  key('NOTION_TOKEN', 'Notion.'),
  baseUrl('NOTION_BASE_URL', 'Notion'),
  key('ZAPIER_HOOK_URL', 'Zapier.'),
  key('V0_API_KEY', 'v0.'),
  baseUrl('V0_BASE_URL', 'v0'),
  key('WINDSOR_API_KEY', 'Windsor.'),
  baseUrl('WINDSOR_BASE_URL', 'Windsor'),
  key('STRIPE_SECRET_KEY', 'Stripe.'),
  baseUrl('STRIPE_BASE_URL', 'Stripe'),
  address('SUPABASE_URL', 'Supabase project.'),
  key('SUPABASE_ANON_KEY', 'Supabase.'),
  key('SENTRY_DSN', 'Sentry; the errors that the platform logs go there too.'),
  key('INTEGRATION_APP_TOKEN', 'integration.app (Membrane).'),
  baseUrl('INTEGRATION_APP_BASE_URL', 'integration.app'),
];

/** Names that no section of an operator's own may have. */
export function isReservedSection(name: string): boolean {
  const words = ['featureFlags', 'feature_flags', 'prices', 'sections', 'settings', 'tools'];
  return words.includes(name) || VARIABLES.some(({ setting }) => setting?.startsWith(`${name}.`));
}

function parsedJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

/** The Markdown row of a variable in docs/environment.md; `node scripts/environment.mjs` writes them. */
export function variableRow({ name, description, default: absent = '', setting, secret }: Variable): string {
  const code = (text: string): string => (text === '' || text.includes('`') ? text : `\`${text}\``);
  const cells = [code(name), description, code(absent), code(setting ?? ''), secret ? 'yes' : ''];
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

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

export type Prices = Readonly<Record<string, Readonly<Record<string, Price>>>>;

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
  /** Whether the process of the API runs an engine worker too. */
  readonly engineInApi: boolean;
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

interface Settings {
  readonly path: string;
  readonly sections: JsonObject;
  readonly featureFlags: readonly FeatureFlag[];
  readonly settings: OwnSettings;
  readonly prices: Prices;
}

const usd = z.number().min(0).max(9000).optional();
const pricesByProvider = z.record(
  text,
  z.record(
    text,
    z.strictObject({
      usdPerMillionInputTokens: usd,
      usdPerMillionCachedInputTokens: usd,
      usdPerMillionOutputTokens: usd,
      usdPerMillionCharacters: usd,
      usdPerAudioSecond: usd,
      usdPerImage: usd,
      usdPerCall: usd,
    }),
  ),
);

function readPrices(where: string, content: unknown, faults: string[]): Prices {
  const parsed = pricesByProvider.safeParse(content);
  if (!parsed.success) faults.push(`${where}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  // Absent members are left out by JSON, which the type does not know.
  return JSON.parse(JSON.stringify(parsed.data ?? {})) as Prices;
}

function readPricesFile(file: string, faults: string[]): Prices {
  if (existsSync(file)) {
    const content = readJson(file, faults);
    return content === undefined ? {} : readPrices(`OMNI_PRICES ${file}`, content, faults);
  }
  faults.push(`OMNI_PRICES: there is no file ${file}`);
  return {};
}

function readJson(file: string, faults: string[]): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    faults.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** A settings file: `featureFlags`, `prices`, `settings` of the operator's own, and one object per section. What it holds that nobody reads is a fault. */
function readSettings(file: string, { required, faults }: { required: boolean; faults: string[] }): Settings {
  const none = { path: file, sections: {}, featureFlags: [], settings: {}, prices: {} };
  if (!existsSync(file)) {
    if (required) faults.push(`CONFIG_PATH: there is no file ${file}`);
    return none;
  }
  const content = readJson(file, faults);
  if (content === undefined) return none;
  if (!isObject(content)) {
    faults.push(`${file}: must hold a JSON object`);
    return none;
  }
  const { featureFlags = [], prices = {}, settings = {}, ...sections } = content;
  const parsed = flags.safeParse(featureFlags);
  if (!parsed.success) faults.push(`${file} featureFlags: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const ownRead = ownSettings.safeParse(settings);
  if (!ownRead.success) faults.push(`${file} settings: ${z.prettifyError(ownRead.error).replaceAll('\n', ' ')}`);
  const known = new Set(VARIABLES.map((variable) => variable.setting));
  for (const [section, members] of Object.entries(sections))
    for (const member of isObject(members) ? Object.keys(members) : [''])
      if (!known.has(member === '' ? section : `${section}.${member}`))
        faults.push(`${file}: there is no setting ${section}${member && `.${member}`}`);
  return {
    path: file,
    sections,
    featureFlags: parsed.data ?? [],
    settings: ownRead.data ?? {},
    prices: readPrices(`${file} prices`, prices, faults),
  };
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

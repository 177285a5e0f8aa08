/** Every variable of the environment that the platform reads, with the setting of a file that says the same. */
import { z } from 'zod';
import {
  RATE_LIMITS,
  count,
  credentials,
  environment,
  flags,
  keyRing,
  level,
  limits,
  list,
  ownSettings,
  parsedJson,
  port,
  rateLimits,
  roleMap,
  text,
  tools,
  url,
  yes,
} from './shapes';
import { DEFAULT_TASK_QUEUE } from '../plan/task-queue';

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
  row(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url,
    'OpenTelemetry collector, such as `http://localhost:4318`: spans go to `/v1/traces` there by OTLP over HTTP, and into the database as ever.',
    { setting: 'tracing.endpoint' },
  ),
  key('OTEL_EXPORTER_OTLP_HEADERS', 'Headers of what goes there, as `name=value,name=value`.'),
  row('OTEL_SERVICE_NAME', text, 'What the platform is called in its spans.', {
    default: 'omni-mcp',
    setting: 'tracing.service',
  }),
  row(
    'OMNI_TRACE_RATIO',
    z.coerce.number().min(0).max(1),
    'Part of the traces that is kept, from 0 (none) to 1, chosen by their ids: set it alike for all processes.',
    { default: '1', setting: 'tracing.ratio' },
  ),
  row('OMNI_TRACE_DAYS', count, 'How long spans are kept in the database.', {
    default: '7',
    setting: 'tracing.days',
  }),
  row('DATABASE_URL', url, 'PostgreSQL to use; without it `npm start` runs one of its own.', { secret: true }),
  row('NEON_DATABASE_URL', url, 'The same; `DATABASE_URL` wins. `sql.query` of `neon` goes there in any case.', {
    secret: true,
  }),
  row('OMNI_POSTGRES_PORT', port, 'Port of the embedded PostgreSQL.', { default: '54330', setting: 'database.port' }),
  row('OMNI_ENGINE', yes, 'Whether the process of the API runs an engine worker too.', {
    default: '`true`, in production `false`',
    setting: 'worker.inApi',
  }),
  row('OMNI_AGENTS', yes, 'Whether the process of the API, or the library, runs one agent of each type too.', {
    default: '`true` where `NODE_ENV` is `development`, else `false`',
    setting: 'agents.inApi',
  }),
  row('OMNI_AGENT_CONCURRENCY', count, 'Tasks at once of each agent that the process runs.', {
    default: 'as they are registered, 5 for a new one',
    setting: 'agents.concurrency',
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
  address('ALERT_WEBHOOK_URL', 'Where alerts with the action `webhook` are sent to; without it they are not.'),
  key(
    'ALERT_WEBHOOK_SECRET',
    'Signs them: `whsec_` and at least 24 random bytes in base64, several with blanks between; needed with `ALERT_WEBHOOK_URL`. See docs/alerts.md.',
    z
      .string()
      .regex(
        /^whsec_[A-Za-z0-9+/]{32,}={0,2}( +whsec_[A-Za-z0-9+/]{32,}={0,2})*$/,
        'must be whsec_ and at least 24 random bytes in base64',
      ),
  ),
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

/** The Markdown row of a variable in docs/environment.md; `node scripts/environment.mjs` writes them. */
export function variableRow({ name, description, default: absent = '', setting, secret }: Variable): string {
  const code = (text: string): string => (text === '' || text.includes('`') ? text : `\`${text}\``);
  const cells = [code(name), description, code(absent), code(setting ?? ''), secret ? 'yes' : ''];
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

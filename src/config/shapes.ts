/** The shapes of what can be set: single values, and the structures that a variable or a settings file may hold. */
import { z } from 'zod';
import { references } from '../plan/expression/evaluate';
import type { Json } from '../plan/json';

export const text = z.string().min(1);
export const port = z.coerce.number().int().min(0).max(65535);
export const count = z.coerce.number().int().min(1);
export const url = z.url();
export const yes = z.union([z.boolean(), z.stringbool()]);
export const environment = z.enum(['development', 'test', 'production']);
export const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

export const list = z.union([
  z.array(text),
  text.transform((words) =>
    words
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
]);
export const limit = z.strictObject({
  perSecond: z.number().positive().optional(),
  burst: count.optional(),
  shared: z.boolean().optional(),
  concurrent: count.optional(),
  failures: count.optional(),
  openMs: count.optional(),
});
/** Members that are absent are left out, not undefined. */
export type Limit = { readonly [K in keyof z.infer<typeof limit>]?: NonNullable<z.infer<typeof limit>[K]> };
export const limits = z.union([z.record(z.string(), limit), z.preprocess(parsedJson, z.record(z.string(), limit))]);

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
export const credentials = z.record(text, credential);

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
export const plugin = z.strictObject({ plugin: text });
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
export const tools = z.union([toolSources, z.preprocess(parsedJson, toolSources)]);

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
export const rateLimits = z.strictObject({ read: perMinute, write: perMinute, start: perMinute, login: perMinute });
export type RequestClass = keyof z.infer<typeof rateLimits>;
/** Where there is no number there is no limit. */
export type RateLimits = Readonly<Partial<Record<RequestClass, number>>>;
export const RATE_LIMITS = { read: 18_000, write: 6_000, start: 12_000, login: 60 };

const percentage = z.number().min(0).max(100);

export const rule = z.strictObject({
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
export const flags = z.array(flag);

/** A switch with a rollout: on for the given part of those who start executions (default: all), unless a rule decides first. */
export type FeatureFlag = z.infer<typeof flag>;

/** Flags that are there without any file. */
export const FLAGS: readonly FeatureFlag[] = [
  {
    name: 'LM_COACH_REASONING_MODEL',
    enabled: false,
    description: 'Use advanced reasoning model for coach feedback',
  },
];

/** Names of sections and of keys in them, as expressions can say them after a dot. */
export const SETTING_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

const settingName = z.string().regex(SETTING_NAME, 'must be a letter, then letters, digits and underscores');
export const ownSettings = z.record(
  settingName,
  z.record(
    settingName,
    z.json().refine((value) => value !== null, 'must not be null'),
  ),
);
export type OwnSettings = Readonly<Record<string, Readonly<Record<string, Json>>>>;

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
export const keyRing = text
  .transform((words) => words.split(',').map((word) => word.trim()))
  .refine((words) => words.every((word) => /^(?:[0-9a-f]{2}){32,}$/i.test(word)), {
    error:
      'must be 64 or more hexadecimal digits, as `openssl rand -hex 32` prints them; older keys follow behind commas',
  })
  .transform((words): readonly Uint8Array[] => words.map((word) => Buffer.from(word, 'hex')));
/** What the roles are is known further down (src/security/roles.ts), and told there when one is unknown. */
export const roles = z.record(text, text);
export const roleMap = z.union([roles, z.preprocess(parsedJson, roles)]);

export function parsedJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

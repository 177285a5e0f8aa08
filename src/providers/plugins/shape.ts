/** What a plugin may hand over: contracts by `defineTool` and providers by `defineProvider`, checked before any of it is believed. */
import { z } from 'zod';
import type { ProviderLimits, ToolContract } from '../../tools/tool';
import { defineProvider, type DefinedProvider, type HttpVendor } from '../define-provider';

export interface Plugin {
  readonly contracts: readonly ToolContract[];
  readonly providers: readonly DefinedProvider[];
}

const text = z.string().min(1);
const count = z.number().int().min(1);
const code = z.custom((value) => typeof value === 'function', 'must be a function');
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be a variable of the environment, such as ACME_TOKEN');
const toolName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z][A-Za-z0-9_-]*$/, 'must be <category>.<action>, such as weather.forecast');

/** The plugin's zod may be another copy of it, so it is known by what it holds. */
const schema = z
  .custom<z.ZodType>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'must be a schema of zod 4, such as z.object({ … }) with the z of omni-mcp',
  )
  .superRefine((value, context) => {
    try {
      for (const io of ['input', 'output'] as const) z.toJSONSchema(value, { io });
    } catch (error) {
      const message = `cannot be told as JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
      context.addIssue({ code: 'custom', message });
    }
  });

/** So that nothing that the types know is refused as unknown. */
type Shape<T> = Record<keyof T, z.ZodType>;

const contract = z
  .strictObject({
    name: toolName,
    title: text,
    description: text,
    category: text,
    input: schema,
    output: schema,
    idempotent: z.enum(['key', 'natural', 'none']),
    idempotentFor: code.optional(),
    placement: z.enum(['local', 'remote']),
    timeoutMs: count,
    unredacted: z.union([z.literal('all'), z.array(text)]).optional(),
  } satisfies Shape<ToolContract>)
  .refine(({ name, category }) => name.startsWith(`${category}.`), {
    path: ['category'],
    message: 'must be the part of the name before its dot',
  });

const rate = z.looseObject({ date: text, source: text });
const vendor = z.strictObject({
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be lower-case letters, digits and hyphens'),
  title: text,
  keyVariable: variable,
  baseUrlVariable: variable,
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  headers: code,
  more: z.array(z.strictObject({ name: variable, required: z.boolean(), description: text })).optional(),
  connect: code.optional(),
  probe: z.union([z.string().startsWith('/'), code]).optional(),
  // By its method, since it may be of another realm.
  modelNames: z.looseObject({ test: code }).optional(),
  refusal: code.optional(),
  statusInside: code.optional(),
  tools: z.record(toolName, code).refine((tools) => Object.keys(tools).length > 0, 'must hold at least one tool'),
  limits: z
    .strictObject({
      perSecond: z.number().positive(),
      burst: count,
      shared: z.boolean(),
      concurrent: count,
      apart: z.literal(true),
      failures: count,
      openMs: count,
    } satisfies Shape<ProviderLimits>)
    .partial()
    .optional(),
  honours: text.optional(),
  prices: z.strictObject({ usual: z.record(text, text), rates: z.record(text, rate) }).optional(),
  byPlan: z.literal(true).optional(),
  sources: z.array(text).optional(),
  create: code.optional(),
} satisfies Shape<DefinedProvider>);

/** What is wrong with an exported value, as a text that ends without a full stop. */
export function readPlugin(exported: unknown): Plugin | string {
  const parts: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (exported === undefined) return 'it has no default export';
  if (parts.length === 0) return 'its default export is an empty list';
  const contracts: ToolContract[] = [];
  const providers: DefinedProvider[] = [];
  for (const part of parts) {
    if (typeof part !== 'object' || part === null || !('name' in part || 'provider' in part))
      return 'its default export is neither a tool nor a provider nor a list of these';
    const isProvider = 'provider' in part;
    const parsed = (isProvider ? vendor : contract).safeParse(part);
    if (!parsed.success) {
      const called = String(isProvider ? part.provider : (part as { readonly name: unknown }).name);
      return `${isProvider ? 'the provider' : 'the tool'} ${called} is not well formed: ${faultsOf(parsed.error)}`;
    }
    // The rails are those of the platform that runs it, whichever copy of the package the plugin was written with.
    if (isProvider) providers.push(defineProvider(part as unknown as HttpVendor));
    else contracts.push(part as unknown as ToolContract);
  }
  return { contracts, providers };
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
}

/** The providers that the language knows by name, whether or not this version has an adapter for them. */

export const NAMED_PROVIDERS = [
  'openrouter',
  'gemini',
  'qwen',
  'deepseek',
  'grok',
  'minimax',
  'elevenlabs',
  'firecrawl',
  'perplexity',
  'github',
  'intercom',
  'adobe-express',
  'asana',
  'notion',
  'zapier',
  'v0',
  'windsor',
  'stripe',
  'supabase',
  'neon',
  'integration-app',
  'sentry',
  'local',
] as const;

export interface ResolvedProvider {
  readonly provider: string;
  /** The model that the name stands for. */
  readonly model?: string;
}

/** Names that stand for a provider with one of its models. */
const ALIASES: Readonly<Record<string, ResolvedProvider>> = {
  'deepseek-r1': { provider: 'deepseek', model: 'deepseek-v4-pro' },
};

const NAMES: ReadonlySet<string> = new Set(NAMED_PROVIDERS);

/**
 * What a provider's name in a definition stands for. Of the form `provider.category.variant` the variant decides when it is a
 * provider itself (`integration-app.stt.local` is `local`). `undefined`: nothing bears the name.
 */
export function resolveProvider(name: string): ResolvedProvider | undefined {
  if (NAMES.has(name)) return { provider: name };
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  const parts = name.split('.');
  const [provider, , variant] = parts;
  if (parts.length !== 3 || provider === undefined || variant === undefined || !NAMES.has(provider)) return undefined;
  return { provider: NAMES.has(variant) ? variant : provider };
}

/** Every word that may stand where a provider is named, for suggestions. */
export function providerWords(): readonly string[] {
  return [...NAMED_PROVIDERS, ...Object.keys(ALIASES)];
}

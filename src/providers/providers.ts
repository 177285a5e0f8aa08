/** Every built-in provider, in the order in which lists show them. */
import path from 'node:path';
import type { Config } from '../config';
import type { Provider } from '../tools/tool';
import { ADOBE_EXPRESS } from './adobe-express';
import { ASANA } from './asana';
import { DEEPSEEK } from './deepseek';
import type { DefinedProvider } from './define-provider';
import { ELEVENLABS } from './elevenlabs';
import { FIRECRAWL } from './firecrawl';
import { GEMINI } from './gemini';
import { GITHUB } from './github';
import { GROK } from './grok';
import { createDoor, type Door } from './http/door';
import { createHttpProvider } from './http-request';
import { INTEGRATION_APP } from './integration-app';
import { INTERCOM } from './intercom';
import { createLocalProvider } from './local/local';
import { MINIMAX } from './minimax';
import { createNeonProvider } from './neon';
import { NOTION } from './notion';
import { OPENROUTER } from './openrouter';
import { PERPLEXITY } from './perplexity';
import { QWEN } from './qwen';
import { SENTRY } from './sentry';
import { createSmtpProvider } from './smtp';
import { STRIPE } from './stripe';
import { SUPABASE } from './supabase';
import { WINDSOR } from './windsor';
import { ZAPIER } from './zapier';
import { V0 } from './v0';

/** Those that speak HTTP; one line each. */
export const VENDORS: readonly DefinedProvider[] = [
  OPENROUTER,
  GEMINI,
  QWEN,
  DEEPSEEK,
  GROK,
  MINIMAX,
  ELEVENLABS,
  PERPLEXITY,
  V0,
  // Systems that people work with.
  GITHUB,
  STRIPE,
  NOTION,
  ASANA,
  INTERCOM,
  SENTRY,
  SUPABASE,
  FIRECRAWL,
  ZAPIER,
  WINDSOR,
  INTEGRATION_APP,
  ADOBE_EXPRESS,
];

/** Made from the configuration; a provider without its key is there and says what is missing. */
export function createProviders(
  config: Pick<Config, 'modelsDir' | 'definitionsDir' | 'variables'> & Partial<Pick<Config, 'httpCredentials'>>,
  door: Door = createDoor({ allow: [], ownPorts: [] }),
): readonly Provider[] {
  const { modelsDir, definitionsDir, variables, httpCredentials: credentials = {} } = config;
  return [
    createLocalProvider({ modelsDir, phrasesDir: path.join(definitionsDir, 'phrases') }),
    createHttpProvider({ credentials, variables, door }),
    createSmtpProvider(variables),
    createNeonProvider(variables),
    ...VENDORS.map((vendor) => vendor.create({ variables, door })),
  ];
}

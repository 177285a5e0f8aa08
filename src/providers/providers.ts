/** Every built-in provider, in the order in which lists show them. */
import path from 'node:path';
import type { Config } from '../config';
import type { Provider } from '../tools/tool';
import { createLocalProvider } from './local/local';
import { createOpenrouter } from './openrouter';

/** Made from the configuration; a provider without its key is there and says what is missing. */
export function createProviders({
  modelsDir,
  definitionsDir,
  variables,
}: Pick<Config, 'modelsDir' | 'definitionsDir' | 'variables'>): readonly Provider[] {
  return [
    createLocalProvider({ modelsDir, phrasesDir: path.join(definitionsDir, 'phrases') }),
    createOpenrouter({ apiKey: variables['OPENROUTER_API_KEY'], baseUrl: variables['OPENROUTER_BASE_URL'] }),
  ];
}

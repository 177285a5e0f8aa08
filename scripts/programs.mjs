// Obtains what npm does not install: the Temporal server and the local engines' models.
import path from 'node:path';
import { root } from './install.mjs';
import { ensureModels } from './local-models.mjs';
import { temporalCli } from './temporal-cli.mjs';

/** Shows what it fetches. Without models the rest works, so their absence is said and borne; without a server nothing works. */
export async function fetchPrograms({ log = console.log } = {}) {
  const cache = process.env.OMNI_CACHE_DIR || path.join(root, '.cache');
  if (!process.env.TEMPORAL_ADDRESS) await temporalCli({ log });
  try {
    await ensureModels({ dir: process.env.OMNI_MODELS_DIR || path.join(cache, 'models'), log });
  } catch (error) {
    log(`The local translation has no models: ${error.message}`);
  }
}

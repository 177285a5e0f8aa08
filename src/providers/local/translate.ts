/** `mt.translate` on this machine: Bergamot on the models of a folder. A pair is there when its folder is. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { primaryLanguage } from '../../tools/language-tag';
import type { MtInput, MtOutput } from '../../tools/mt-translate';
import type { CallContext, ToolAnswer } from '../../tools/tool';
import type { EngineProcess } from './engine-process';

/** A model that translates one way; `folder` holds its files. */
export interface TranslationPair {
  readonly from: string;
  readonly to: string;
  readonly folder: string;
}

const answerSchema = z.object({ text: z.string() });

/** The models of a folder: its subfolders `enpt`, `pten` and so on with a model file in them. A missing folder has none. */
export async function installedPairs(modelsDir: string): Promise<readonly TranslationPair[]> {
  const entries = await readdir(modelsDir).catch(() => []);
  const pairs = entries
    .filter((name) => /^[a-z]{4}$/.test(name))
    .map((name) => ({ from: name.slice(0, 2), to: name.slice(2), folder: path.join(modelsDir, name) }));
  const complete = await Promise.all(
    pairs.map(async ({ folder }) => (await readdir(folder).catch(() => [])).some((file) => file.startsWith('model.'))),
  );
  return pairs.filter((_, at) => complete[at]);
}

export async function translate(
  input: MtInput,
  call: CallContext,
  { engine, modelsDir }: { readonly engine: EngineProcess; readonly modelsDir: string },
): Promise<ToolAnswer> {
  const from = primaryLanguage(input.sourceLanguage);
  const to = primaryLanguage(input.targetLanguage);
  const pairs = await installedPairs(modelsDir);
  const pair = pairs.find((one) => one.from === from && one.to === to);
  if (pair === undefined) throw missing(from, to, pairs);
  const { text } = answerSchema.parse(await engine.call({ text: input.text, ...pair }, call));
  const { sourceLanguage, targetLanguage } = input;
  return { output: { text, sourceLanguage, targetLanguage } satisfies MtOutput };
}

function missing(from: string, to: string, pairs: readonly TranslationPair[]): OmniError {
  const installed = pairs.map((pair) => `${pair.from}-${pair.to}`).sort();
  const have = installed.length === 0 ? 'No pair is installed' : `Installed: ${installed.join(', ')}`;
  return new OmniError(
    'provider-unavailable',
    `There is no local translation from ${from} to ${to}. ${have}. ` +
      `To add a pair, put its Bergamot model into the folder ${from}${to} of the models folder (docs/tools.md); ` +
      'English and Portuguese are fetched by: node scripts/local-models.mjs',
    { provider: 'local', retryable: false, data: { pair: `${from}-${to}`, installed } },
  );
}

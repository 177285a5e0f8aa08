/** Text to speech with text2wav (espeak-ng in WebAssembly; GPL-3, hence optional and in a process of its own). */
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fault, optional } from './fault.mjs';

/** Where a language has several voices, the one that is used without a region. */
const USUAL = { en: 'en-us', pt: 'pt-br' };

export async function load() {
  const { default: text2wav } = await optional('text2wav');
  const root = path.dirname(createRequire(import.meta.url).resolve('text2wav'));
  const codes = await voiceCodes(path.join(root, 'espeak-ng-data', 'lang'));
  await text2wav('ready', { voice: 'en-us' });

  return async ({ text, language, voice }) => {
    const code = voice === undefined ? voiceOf(language, codes) : named(voice, codes);
    // The text is espeak's first argument: the space keeps one that begins with a dash from being read as an option.
    const wav = await text2wav(` ${text}`, { voice: code });
    return { wav, voice: code };
  };
}

/** espeak's own codes: each voice file names the languages that it speaks. An unknown code would hang the engine. */
async function voiceCodes(folder) {
  const codes = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8');
    for (const [, code] of text.matchAll(/^language\s+(\S+)/gm)) codes.set(code.toLowerCase(), code);
  }
  return codes;
}

function voiceOf(tag, codes) {
  const language = tag.toLowerCase();
  const primary = language.split('-')[0];
  const found = [USUAL[language], language, USUAL[primary], primary].find((code) => code && codes.has(code));
  if (found) return codes.get(found);
  const detail = `The local voice engine does not speak ${tag}. It speaks: ${[...codes.keys()].sort().join(', ')}.`;
  throw fault('provider-unavailable', detail, { data: { language: tag }, retryable: false });
}

function named(voice, codes) {
  const code = codes.get(voice.toLowerCase());
  if (code) return code;
  throw fault(
    'validation',
    `The local voice engine has no voice of that name. Its voices: ${[...codes.keys()].sort().join(', ')}.`,
  );
}

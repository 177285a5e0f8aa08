/**
 * Speech to text with soundswallower (PocketSphinx in WebAssembly): which sentence of a closed list was said, and how surely.
 *
 * A closed list always has a best match, also for speech that is not in it. So each match is heard a second time against
 * itself, where every word may lose to a free run of speech sounds: only what wins word for word was really said.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fault, optional } from './fault.mjs';

const RATE = 16_000;
/** Wider than the defaults, so that a hesitant voice keeps its right path. Wider still, and the second hearing takes seconds. */
const BEAMS = { beam: 1e-60, pbeam: 1e-60, wbeam: 1e-40 };
/** What a free run of sounds costs against a word. Measured: docs/tools.md. */
const FREE_WEIGHT = 1e-12;
const SOUNDS =
  'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split(' ');
const soundWord = (sound) => `zz${sound.toLowerCase()}`;

export async function load() {
  const { default: soundswallower } = await optional('soundswallower');
  const root = path.join(path.dirname(createRequire(import.meta.url).resolve('soundswallower')), 'model');
  const module = await soundswallower({ modelBase: `${root}/` });
  const model = path.join(root, 'en-us');
  const options = { hmm: model, dict: path.join(model, 'dict.txt'), samprate: RATE, loglevel: 'FATAL', ...BEAMS };
  const decoder = new module.Decoder(options);
  await decoder.initialize();
  decoder.add_words(...SOUNDS.map((sound) => [soundWord(sound), sound]));

  const hear = (samples, rules) => {
    decoder.set_grammar(`#JSGF V1.0;\ngrammar speech;\n${rules}`);
    decoder.start();
    decoder.process_audio(samples, false, true);
    decoder.stop();
    return decoder.get_text() ?? '';
  };

  /** @param {{ samples: Float32Array, phrases: string[], verify: boolean }} input mono at 16 kHz; phrases of lower-case words */
  return ({ samples, phrases, verify }) => {
    const unknown = [...new Set(phrases.flatMap((one) => one.split(' ')))].filter((word) => !decoder.lookup_word(word));
    if (unknown.length > 0) {
      const detail = `The recogniser has no pronunciation for ${unknown.join(', ')}. Write the phrase with other words.`;
      throw fault('validation', detail, { data: { words: unknown } });
    }
    const text = hear(samples, `public <said> = ${phrases.join(' | ')};`);
    if (text === '' || (verify && hear(samples, secondHearing(text)) !== text)) return { text: '', words: [] };
    return { text, words: spokenWords(decoder.get_alignment()) };
  };
}

function secondHearing(text) {
  const words = text.split(' ').map((word) => `( /1/ ${word} | /${FREE_WEIGHT}/ <free> )`);
  return `<free> = ( ${SOUNDS.map(soundWord).join(' | ')} )+;\npublic <said> = ${words.join(' ')};`;
}

/** Without silences and noises; a number in parentheses tells apart pronunciations of one word. */
function spokenWords(alignment) {
  return (alignment.w ?? [])
    .filter(({ t }) => !/^[<([]/.test(t))
    .map(({ t, b, d, p }) => ({ text: t.replace(/\(\d+\)$/, ''), startS: b, lengthS: d, probability: p }));
}

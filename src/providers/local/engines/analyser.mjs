/** Language identification with franc, and words, parts of speech, entities and sentiment of English with wink-nlp. */
import { optional } from './fault.mjs';

/** ISO 639-3 codes that franc chooses from, with our codes. Few candidates, because the texts are short. */
const LANGUAGES = { eng: 'en', por: 'pt', spa: 'es', fra: 'fr', deu: 'de', ita: 'it' };

export async function load() {
  const { francAll } = await optional('franc');
  const { default: winkNlp } = await optional('wink-nlp');
  const { default: model } = await optional('wink-eng-lite-web-model');
  const nlp = winkNlp(model);
  const { its } = nlp;
  return ({ text }) => {
    const document = nlp.readDoc(text);
    const column = (property) => document.tokens().out(property);
    const [tags, lemmas, normals] = [column(its.pos), column(its.lemma), column(its.normal)];
    return {
      sentences: document.sentences().length(),
      tokens: column().map((word, at) => ({ text: word, tag: tags[at], lemma: lemmas[at], normal: normals[at] })),
      entities: document
        .entities()
        .out(its.detail)
        .map(({ value, type }) => ({ text: value, type })),
      sentiment: document.out(its.sentiment),
      languages: francAll(text, { only: Object.keys(LANGUAGES), minLength: 3 })
        .filter(([code]) => Object.hasOwn(LANGUAGES, code))
        .map(([code, likeness]) => ({ language: LANGUAGES[code], likeness })),
    };
  };
}

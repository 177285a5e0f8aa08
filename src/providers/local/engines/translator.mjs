/** Neural translation with Bergamot (the engine of Firefox, in WebAssembly), on models that lie in a folder. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { fault, optional } from './fault.mjs';

/** The package's thread is an ES module that expects CommonJS names: they are supplied before it is read. */
const PRELUDE = (address) => `
  import { createRequire } from 'node:module';
  import { fileURLToPath } from 'node:url';
  const address = ${JSON.stringify(address)};
  globalThis.require = createRequire(address);
  globalThis.__filename = fileURLToPath(address);
  globalThis.__dirname = fileURLToPath(new URL('.', address));
  await import(address);
`;

class EngineThread {
  #thread;
  constructor(address) {
    this.#thread = new Thread(new URL(`data:text/javascript,${encodeURIComponent(PRELUDE(String(address)))}`));
  }
  addEventListener(event, listener) {
    this.#thread.on(event, (data) => listener({ data }));
  }
  postMessage(message) {
    this.#thread.postMessage(message);
  }
  terminate() {
    return this.#thread.terminate();
  }
}

export async function load() {
  const { LatencyOptimisedTranslator, TranslatorBacking } = await optional('@browsermt/bergamot-translator');
  globalThis.Worker = EngineThread;
  const folders = new Map();
  const broken = (error) => process.stderr.write(`${error?.name}\n`, () => process.exit(70));

  class FolderBacking extends TranslatorBacking {
    async loadModelRegistery() {
      return [];
    }
    async getModels({ from, to }) {
      return [{ from, to }];
    }
    async loadTranslationModel({ from, to }) {
      return readModel(folders.get(`${from} ${to}`));
    }
  }

  // The backing's options are posted to the thread, so they hold no function.
  const backing = Object.assign(new FolderBacking({ cacheSize: 0, pivotLanguage: null }), { onerror: broken });
  const translator = new LatencyOptimisedTranslator({ onerror: broken }, backing);
  return async ({ text, from, to, folder }) => {
    folders.set(`${from} ${to}`, folder);
    const response = await translator.translate({ from, to, text, html: false });
    return { text: response.target.text };
  };
}

async function readModel(folder) {
  const names = await readdir(folder);
  const read = async (start) => {
    const name = names.find((one) => one.startsWith(start));
    if (name === undefined) {
      const detail = `The model folder ${path.basename(folder)} has no ${start}* file. Run: node scripts/local-models.mjs`;
      throw fault('provider-unavailable', detail, { retryable: false });
    }
    const bytes = await readFile(path.join(folder, name));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  };
  const vocabularies = names.some((name) => name.startsWith('srcvocab'))
    ? [await read('srcvocab'), await read('trgvocab')]
    : [await read('vocab')];
  const shifted = names.some((name) => name.startsWith('model') && name.includes('.alphas.'));
  return {
    model: await read('model'),
    shortlist: await read('lex'),
    vocabs: vocabularies,
    qualityModel: null,
    config: { 'gemm-precision': shifted ? 'int8shiftAlphaAll' : 'int8shiftAll' },
  };
}

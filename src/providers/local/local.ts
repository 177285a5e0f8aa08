/** The provider `local`: real engines on this machine, for the five steps of the coach, with no key and no network. */
import type { FeedbackInput } from '../../tools/feedback-generate';
import type { MtInput } from '../../tools/mt-translate';
import type { NluInput } from '../../tools/nlu-analyze';
import type { SttInput } from '../../tools/stt-transcribe';
import type { Provider } from '../../tools/tool';
import type { TtsInput } from '../../tools/tts-synthesize';
import { analyze } from './analyze';
import { EngineProcess, type EngineName } from './engine-process';
import { giveFeedback } from './feedback';
import { synthesize } from './synthesize';
import { transcribe } from './transcribe';
import { installedPairs, translate } from './translate';

export interface LocalSettings {
  /** Folder with one subfolder per translation pair (`enpt`); need not exist. */
  readonly modelsDir: string;
  /** Folder with the recogniser's phrase lists (`en.txt`). */
  readonly phrasesDir: string;
  /** An engine that takes longer than this to load is ended. */
  readonly loadMs?: number;
  /** An engine that takes longer than this for one answer is ended and started anew. */
  readonly hangMs?: number;
}

/** The provider, with the process ids of its running engines for diagnosis. */
export interface LocalProvider extends Provider {
  processIds(): Readonly<Partial<Record<EngineName, number>>>;
  close(): Promise<void>;
  warm(): Promise<void>;
}

/** Nothing is started before the first call or `warm()`. */
export function createLocalProvider({
  modelsDir,
  phrasesDir,
  loadMs = 60_000,
  hangMs = 30_000,
}: LocalSettings): LocalProvider {
  const start = (name: EngineName): EngineProcess => new EngineProcess({ name, loadMs, hangMs });
  const engines = {
    recogniser: start('recogniser'),
    analyser: start('analyser'),
    grammar: start('grammar'),
    translator: start('translator'),
    voice: start('voice'),
  } satisfies Record<EngineName, EngineProcess>;

  return {
    name: 'local',
    title: 'Engines on this machine',
    variables: [
      {
        name: 'OMNI_MODELS_DIR',
        required: false,
        description: 'Folder of the translation models; default .cache/models.',
      },
    ],
    tools: {
      'stt.transcribe': (input: SttInput, call) => transcribe(input, call, { engine: engines.recogniser, phrasesDir }),
      'nlu.analyze': (input: NluInput, call) => analyze(input, call, engines.analyser),
      'mt.translate': (input: MtInput, call) => translate(input, call, { engine: engines.translator, modelsDir }),
      'feedback.generate': (input: FeedbackInput, call) => giveFeedback(input, call, engines.grammar),
      'tts.synthesize': (input: TtsInput, call) => synthesize(input, call, engines.voice),
    },
    knowsModel: () => false,
    honours: 'computes again, at no cost',
    /** An engine that cannot load says so again when it is called; the others need not wait for it. */
    async warm() {
      await Promise.allSettled(Object.values(engines).map((engine) => engine.warm()));
      const pairs = await installedPairs(modelsDir);
      await Promise.allSettled(pairs.slice(0, 2).map((pair) => warmPair(engines.translator, pair)));
    },
    async close() {
      await Promise.all(Object.values(engines).map((engine) => engine.close()));
    },
    processIds: () =>
      Object.fromEntries(
        Object.entries(engines).flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])),
      ),
  };
}

/** The first translation of a pair reads its model: seconds that the first call would wait. */
async function warmPair(engine: EngineProcess, pair: Record<'from' | 'to' | 'folder', string>): Promise<void> {
  await engine.call({ text: 'one', ...pair }, { signal: new AbortController().signal, timeoutMs: 60_000 });
}

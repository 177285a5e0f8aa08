/** In what the vendors of OpenAI-shaped services differ: one row each, filled in by the vendor's own file. */
import type { PriceList } from '../tools/price-list';
import type { HttpVendor } from './define-provider';

/** Everything of an HTTP vendor but what all of these have in common, and the differences between them. */
export interface OpenAiVendor extends Omit<HttpVendor, 'headers' | 'tools' | 'modelNames' | 'prices'> {
  readonly models: {
    /** Answers chat completions that must fit a JSON schema. */
    readonly chat: string;
    /** Chat model that takes `input_audio`; absent where the vendor has none: then `stt.transcribe` is left out. */
    readonly hearing?: string;
    /** For `POST /audio/speech`; absent where the vendor has none: then `tts.synthesize` is left out. */
    readonly speech?: SpeechModel;
  };
  /** Prices of models; absent: none is known. */
  readonly rates?: PriceList['rates'];
  /** What the names of its models look like. */
  readonly modelNames: RegExp;
  /** Added to every chat request. */
  readonly chatExtras: Readonly<Record<string, unknown>>;
}

export interface SpeechModel {
  readonly model: string;
  readonly voice: string;
}

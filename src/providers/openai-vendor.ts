/** In what the vendors of OpenAI-shaped services differ: one row each, filled in by the vendor's own file. */
import type { HttpVendor } from './define-provider';

/** Everything of an HTTP vendor but what all of these have in common, and the differences between them. */
export interface OpenAiVendor extends Omit<HttpVendor, 'headers' | 'tools' | 'modelNames'> {
  readonly models: {
    /** Answers chat completions that must fit a JSON schema. */
    readonly chat: string;
    /** Chat model that takes `input_audio`; absent where the vendor has none: then `stt.transcribe` is left out. */
    readonly hearing?: string;
    /** For `POST /audio/speech`; absent where the vendor has none: then `tts.synthesize` is left out. */
    readonly speech?: SpeechModel;
  };
  /** What the names of its models look like. */
  readonly modelNames: RegExp;
  /** Added to every chat request. */
  readonly chatExtras: Readonly<Record<string, unknown>>;
}

export interface SpeechModel {
  readonly model: string;
  readonly voice: string;
  /** The price of this model, since the answer does not tell it. */
  readonly usdPerMillionCharacters: number;
}

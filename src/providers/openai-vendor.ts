/** In what the vendors of OpenAI-shaped services differ: one row each, filled in by the vendor's own file. */
import type { PriceList } from '../tools/price-list';
import type { HttpVendor, VendorTool } from './define-provider';
import type { ChatModels } from './model-tools';

/** Everything of an HTTP vendor but what all of these have in common, and the differences between them. */
export interface OpenAiVendor extends Omit<HttpVendor, 'headers' | 'tools' | 'modelNames' | 'prices'> {
  readonly models: ChatModels & {
    /** For `POST /audio/speech`; absent where the vendor has none: then `tts.synthesize` is left out. */
    readonly speech?: SpeechModel;
    /** For `POST /images/generations`; absent where the vendor has none: then `image.generate` is left out. */
    readonly image?: string;
  };
  /** Tools in a wire format of the vendor's own, with the models that they usually take. */
  readonly own?: Readonly<Record<string, { readonly model: string; readonly tool: VendorTool }>>;
  /** Prices of models; absent: none is known. */
  readonly rates?: PriceList['rates'];
  /** What the names of its models look like. */
  readonly modelNames: RegExp;
  /**
   * How the answer is held to its schema: by the vendor (`json_schema`, unless told), as JSON of which the instructions say the
   * schema (`json_object`), or by the instructions alone (`words`).
   */
  readonly format?: 'json_schema' | 'json_object' | 'words';
  /** What `config.temperature` may be, the ends included; 0 to 2 unless told. */
  readonly temperature?: readonly [least: number, most: number];
  /** Sends an answer in pieces as OpenAI does, and the usage with the last of them (`stream_options.include_usage`). */
  readonly streams?: true;
  /** Member that bounds the answer's tokens; `max_tokens` unless told. */
  readonly limitMember?: 'max_tokens' | 'max_completion_tokens';
  /** Added to every chat request with this model. */
  readonly chatExtras?: (model: string) => Readonly<Record<string, unknown>>;
}

export interface SpeechModel {
  readonly model: string;
  readonly voice: string;
}

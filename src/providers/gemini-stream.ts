/**
 * Generated content that comes in pieces (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent), put together
 * into the body that it would have been in one.
 */
import { z } from 'zod';
import { jsonIn } from './http/body';

const piece = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z.array(z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() })).optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.looseObject({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z.unknown().optional(),
  modelVersion: z.string().optional(),
});

type Part = NonNullable<
  NonNullable<NonNullable<z.infer<typeof piece>['candidates']>[number]['content']>['parts']
>[number];

export class StreamedContent {
  readonly #parts: Part[] = [];
  /** What stands in the last piece that says it. */
  #said: Omit<z.infer<typeof piece>, 'candidates'> = {};
  #finishReason: string | undefined;
  #text = '';
  #written = 0;
  #broken = false;

  /** What it says so far, without what it thinks. */
  get text(): string {
    return this.#text;
  }

  /** Bytes that the model has written so far, its thoughts included. */
  get written(): number {
    return this.#written;
  }

  /** `data` of an event. */
  take(data: string): void {
    const read = piece.safeParse(jsonIn(data));
    // An error comes as an event of its own.
    if (!read.success || (read.data.candidates ?? read.data.promptFeedback ?? read.data.usageMetadata) === undefined) {
      this.#broken = true;
      return;
    }
    const { candidates = [], ...said } = read.data;
    this.#said = { ...this.#said, ...said };
    const [candidate] = candidates;
    this.#finishReason = candidate?.finishReason ?? this.#finishReason;
    for (const part of candidate?.content?.parts ?? []) {
      this.#parts.push(part);
      this.#written += Buffer.byteLength(part.text ?? '');
      if (part.thought !== true) this.#text += part.text ?? '';
    }
  }

  /** The whole body; undefined: it broke off or holds something else than pieces of content. */
  body(): unknown {
    const ended = this.#finishReason !== undefined || this.#said.promptFeedback?.blockReason !== undefined;
    if (this.#broken || !ended) return undefined;
    const candidate = { content: { parts: this.#parts }, finishReason: this.#finishReason };
    return { ...this.#said, candidates: [candidate] };
  }
}

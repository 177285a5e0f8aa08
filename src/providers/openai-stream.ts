/**
 * A chat completion that comes in pieces (https://platform.openai.com/docs/api-reference/chat-streaming), put together into the body that
 * it would have been in one.
 */
import { z } from 'zod';
import { jsonIn } from './http/body';

/** Ends a stream. */
const DONE = '[DONE]';

const text = z.string().nullish();
const chunk = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        index: z.int().optional(),
        // What the model thinks has a name of its own with every vendor, and is billed all the same.
        delta: z.object({ content: text, refusal: text, reasoning: text, reasoning_content: text }).nullish(),
        finish_reason: z.string().nullish(),
        error: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

export class StreamedCompletion {
  #content = '';
  #refusal = '';
  #written = 0;
  #model: string | undefined;
  #finish: string | undefined;
  #choiceError: unknown;
  #error: unknown;
  #usage: unknown;
  #done = false;
  #broken = false;

  /** What it says so far. */
  get content(): string {
    return this.#content;
  }

  /** Bytes that the model has written so far, its thoughts included. */
  get written(): number {
    return this.#written;
  }

  /** `data` of an event. */
  take(data: string): void {
    if (this.#done || this.#error !== undefined) return;
    if (data === DONE) {
      this.#done = true;
      return;
    }
    const read = chunk.safeParse(jsonIn(data));
    if (!read.success) {
      this.#broken = true;
      return;
    }
    const { model, choices, usage, error } = read.data;
    this.#model ??= model;
    this.#usage = usage ?? this.#usage;
    this.#error = error ?? undefined;
    const choice = choices?.find(({ index = 0 }) => index === 0);
    if (choice === undefined) return;
    const { content, refusal, reasoning, reasoning_content: thought } = choice.delta ?? {};
    this.#content += content ?? '';
    this.#refusal += refusal ?? '';
    for (const piece of [content, refusal, reasoning, thought]) this.#written += Buffer.byteLength(piece ?? '');
    this.#finish = choice.finish_reason ?? this.#finish;
    this.#choiceError = choice.error ?? this.#choiceError;
  }

  /** The whole body; undefined: it broke off or holds something else than pieces of a completion. */
  body(): unknown {
    if (this.#error !== undefined) return { error: this.#error, usage: this.#usage };
    if (this.#broken || (this.#finish ?? this.#choiceError) === undefined) return undefined;
    const message = { content: this.#content, refusal: this.#refusal || null };
    const choice = { message, finish_reason: this.#finish, error: this.#choiceError };
    return { model: this.#model, choices: [choice], usage: this.#usage };
  }
}

/** `tts.synthesize` on this machine: espeak-ng through text2wav; a clean WAV file comes out. */
import { z } from 'zod';
import type { CallContext, ToolAnswer } from '../../tools/tool';
import type { TtsInput, TtsOutput } from '../../tools/tts-synthesize';
import type { EngineProcess } from './engine-process';
import { readWav, writeWav } from './wav';

const answerSchema = z.object({ wav: z.instanceof(Uint8Array), voice: z.string() });

/** The engine's own output: large enough for the longest text that the contract takes. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxDurationMs: 1_200_000 };

export async function synthesize(input: TtsInput, call: CallContext, engine: EngineProcess): Promise<ToolAnswer> {
  const { wav } = answerSchema.parse(await engine.call({ ...input }, call));
  // Read and written again, because espeak's header is not to be trusted with the length.
  const { samples, sampleRate, durationMs } = readWav(Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength), LIMITS);
  const audioData = writeWav(samples, sampleRate).toString('base64');
  return {
    output: { audioData, mediaType: 'audio/wav', durationMs: Math.round(durationMs), sampleRate } satisfies TtsOutput,
  };
}

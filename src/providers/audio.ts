/** The little that must be known about audio files: which format one is, and how raw samples become a WAV. */
import type { TtsOutput } from '../tools/tts-synthesize';

/** By the first bytes of the file, as text: the format names of `input_audio`. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^RIFF[^]{4}WAVE/, 'wav'],
  [/^ID3|^\xff[\xfb\xf3\xf2]/, 'mp3'],
  [/^fLaC/, 'flac'],
  [/^OggS/, 'ogg'],
  [/^[^]{4}ftyp/, 'm4a'],
  [/^FORM[^]{4}AIF[FC]/, 'aiff'],
];

/** `wav`, `mp3` and so on for a base64 recording; undefined when it is none of them. */
export function audioFormat(base64: string): string | undefined {
  const head = Buffer.from(base64.slice(0, 24), 'base64').toString('latin1');
  return MARKS.find(([mark]) => mark.test(head))?.[1];
}

export interface Samples {
  /** 16 bit, little-endian, signed. */
  readonly pcm: Buffer;
  readonly sampleRate: number;
  readonly channels: number;
}

export function durationMs({ pcm, sampleRate, channels }: Samples): number {
  return Math.round((pcm.length / 2 / channels / sampleRate) * 1000);
}

/** A WAV file with the 44-byte header that every player knows. */
export function wav({ pcm, sampleRate, channels }: Samples): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}

/** Samples as `tts.synthesize` answers them. */
export function spoken(samples: Samples): TtsOutput {
  return {
    audioData: wav(samples).toString('base64'),
    mediaType: 'audio/wav',
    durationMs: durationMs(samples),
    sampleRate: samples.sampleRate,
  };
}

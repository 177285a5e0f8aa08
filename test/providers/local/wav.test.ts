/** Reading and writing recordings. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OmniError } from '../../../src/plan/problem';
import { resample } from '../../../src/providers/local/resample';
import { decodeBase64, readWav, writeWav } from '../../../src/providers/local/wav';

const LIMITS = { maxBytes: 1_000_000, maxDurationMs: 10_000 };
const tone = (hertz: number, rate: number, count = rate / 10) =>
  Float32Array.from({ length: count }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate));
const loudness = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);

/** A file with any header, each frame holding `values` (one per channel) as the depth and code say. */
function file(
  values: readonly number[],
  { code = 1, bits = 16, rate = 16_000, frames = 100, extensible = false } = {},
): Buffer {
  const size = bits / 8;
  const frame = Buffer.alloc(size * values.length);
  values.forEach((value, channel) => {
    const at = channel * size;
    if (code === 3 && bits === 32) frame.writeFloatLE(value, at);
    else if (code === 3) frame.writeDoubleLE(value, at);
    else if (bits === 8) frame.writeUInt8(Math.round(value * 127) + 128, at);
    else frame.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, size);
  });
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(values.length, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(code, 24);
  const data = Buffer.concat(Array.from({ length: frames }, () => frame));
  const chunk = (name: string, body: Buffer) => {
    const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  return Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'),
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', format),
    chunk('data', data),
  ]);
}

describe('a WAV file', () => {
  test.each([
    { bits: 8 },
    { bits: 16 },
    { bits: 24 },
    { bits: 32 },
    { bits: 32, code: 3 },
    { bits: 64, code: 3 },
    { bits: 24, extensible: true },
  ])('is read with $bits bits, code $code, extensible $extensible', (shape) => {
    const { samples, durationMs, sampleRate } = readWav(file([0.5], shape), LIMITS);
    expect([samples.length, durationMs, sampleRate]).toEqual([100, 6.25, 16_000]);
    for (const one of samples) expect(one).toBeCloseTo(0.5, 1);
  });

  test('is mixed down from several channels', () => {
    const { samples } = readWav(file([0.8, 0.2]), LIMITS);
    expect(samples[50]).toBeCloseTo(0.5, 3);
  });

  test('holds what was written', () => {
    const samples = tone(440, 16_000);
    const back = readWav(writeWav(samples, 16_000), LIMITS);
    expect(back.samples.every((one, at) => Math.abs(one - (samples[at] ?? 9)) < 1e-3)).toBe(true);
  });

  test('is read to its end when its header does not know the length', () => {
    const streamed = writeWav(tone(440, 16_000), 16_000);
    streamed.writeUInt32LE(0xffffffff, 40);
    expect(readWav(streamed, LIMITS).samples.length).toBe(1600);
  });

  test.each([
    ['no channels', file([0.5]).fill(0, 12 + 12 + 8 + 2, 12 + 12 + 8 + 4)],
    ['12 bits', Buffer.from(file([0.5])).fill(12, 12 + 12 + 8 + 14, 12 + 12 + 8 + 15)],
    ['mu-law', file([0.5], { code: 7, bits: 8 })],
    ['8 bit floats', file([0.5], { code: 3, bits: 64 }).fill(8, 12 + 12 + 8 + 14, 12 + 12 + 8 + 15)],
    ['too few samples a second', file([0.5], { rate: 4_000 })],
    ['no sound', file([0.5], { frames: 0 })],
    ['too much sound', file([0.5], { frames: 170_000 })],
    ['nothing after RIFF', Buffer.from('RIFF')],
  ])('is refused with %s', (_what, bytes) => {
    expect(() => readWav(bytes, LIMITS)).toThrow(OmniError);
  });

  test('is refused past the byte limit, before it is decoded', () => {
    expect(() => readWav(file([0.5]), { ...LIMITS, maxBytes: 100 })).toThrow('larger than 100 bytes');
    expect(() => decodeBase64('A'.repeat(1000), 100)).toThrow('larger than 100 bytes');
  });

  test('of any bytes is either read or refused as invalid input', () => {
    const header = file([0.5], { frames: 4 });
    const damaged = fc.array(fc.tuple(fc.nat(header.length - 1), fc.nat(255)), { maxLength: 12 }).map((changes) => {
      const bytes = Buffer.from(header);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const cut = fc.nat(header.length).map((end) => header.subarray(0, end));
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([header.subarray(0, 12), bytes]));
    fc.assert(
      fc.property(fc.oneof(damaged, cut, noise), (bytes) => {
        try {
          const { samples } = readWav(bytes, LIMITS);
          expect(samples.every((one) => one >= -1 && one <= 1)).toBe(true);
        } catch (error) {
          expect(error instanceof OmniError ? error.problem.type : error).toBe('validation');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('changing the sample rate', () => {
  test.each([44_100, 22_050, 48_000, 8_000])('from %i keeps a tone of speech', (rate) => {
    const samples = resample(tone(1_000, rate), rate, 16_000);
    expect(samples.length).toBe(Math.floor((rate / 10) * (16_000 / rate)));
    expect(loudness(samples)).toBeCloseTo(0.5 / Math.SQRT2, 1);
  });

  test('removes tones that the new rate cannot hold, instead of folding them down', () => {
    expect(loudness(resample(tone(12_000, 48_000), 48_000, 16_000))).toBeLessThan(0.02);
  });
});

/** WAV recordings in and out: any PCM in, mono samples out (http://soundfile.sapp.org/doc/WaveFormat/). Total: what is not read is refused. */
import { OmniError } from '../../plan/problem';

export interface Recording {
  /** Samples per second. */
  readonly sampleRate: number;
  /** One channel, each sample from -1 to 1. */
  readonly samples: Float32Array;
  readonly durationMs: number;
}

export interface RecordingLimits {
  readonly maxBytes: number;
  readonly maxDurationMs: number;
}

interface Format {
  readonly encoding: 'integer' | 'float';
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

const INTEGER = 1;
const FLOAT = 3;
/** WAVE_FORMAT_EXTENSIBLE: the real format stands 24 bytes into the chunk. */
const EXTENSIBLE = 0xfffe;
const ADVICE = 'Send a WAV file with PCM sound, such as ffmpeg -i recording -ar 16000 -ac 1 recording.wav writes.';

function refuse(what: string): never {
  throw new OmniError('validation', `The audio cannot be read: ${what}. ${ADVICE}`, { provider: 'local' });
}

/** Bytes of a base64 text. Throws `validation` when it is not base64. */
export function decodeBase64(text: string, maxBytes: number): Buffer {
  if (text.length > Math.ceil(maxBytes / 3) * 4 + 4) refuse(`it is larger than ${maxBytes} bytes`);
  const bytes = Buffer.from(text, 'base64');
  // Buffer passes over what is not base64: then fewer bytes come out than the text has room for.
  const expected = Math.floor((text.replace(/=+$/, '').length * 3) / 4);
  if (bytes.length === 0 || bytes.length !== expected) refuse('audioData is not base64');
  return bytes;
}

/** Reads 8, 16, 24 and 32 bit integers and 32 and 64 bit floats, any channels, mixed down to one. Throws `validation`. */
export function readWav(bytes: Buffer, limits: RecordingLimits): Recording {
  if (bytes.length > limits.maxBytes) refuse(`it is larger than ${limits.maxBytes} bytes`);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    refuse('it is not a WAV file');
  const chunks = readChunks(bytes);
  const format = readFormat(chunks.get('fmt ') ?? refuse('it has no format chunk'));
  const data = chunks.get('data') ?? refuse('it has no data chunk');

  const frameBytes = (format.bits / 8) * format.channels;
  const frames = Math.floor(data.length / frameBytes);
  const durationMs = (frames / format.sampleRate) * 1000;
  if (frames === 0) refuse('it holds no sound');
  if (durationMs > limits.maxDurationMs)
    refuse(`it lasts ${Math.round(durationMs)} ms, and at most ${limits.maxDurationMs} ms are taken`);
  return { sampleRate: format.sampleRate, samples: mixDown(data, format, frames), durationMs };
}

/** A file of 16 bit mono PCM. */
export function writeWav(samples: Float32Array, sampleRate: number): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(INTEGER, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, at) =>
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), 44 + at * 2),
  );
  return file;
}

/** First chunk of each name. A size that runs past the end means "to the end": streaming encoders write such headers. */
function readChunks(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(at + 8, Math.min(at + 8 + size, bytes.length)));
    at += 8 + size + (size % 2);
  }
  return chunks;
}

function readFormat(chunk: Buffer): Format {
  if (chunk.length < 16) refuse('its format chunk is cut off');
  const written = chunk.readUInt16LE(0);
  const code = written === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : written;
  const channels = chunk.readUInt16LE(2);
  const sampleRate = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  if (code !== INTEGER && code !== FLOAT) refuse(`its sound is packed as format ${code}, not PCM`);
  const depths = code === INTEGER ? [8, 16, 24, 32] : [32, 64];
  if (!depths.includes(bits)) refuse(`its samples have ${bits} bits; ${depths.join(', ')} can be read`);
  if (channels < 1 || channels > 8) refuse(`it has ${channels} channels; 1 to 8 can be read`);
  if (sampleRate < 8_000 || sampleRate > 192_000)
    refuse(`it has ${sampleRate} samples per second; 8000 to 192000 can be read`);
  return { encoding: code === INTEGER ? 'integer' : 'float', channels, sampleRate, bits };
}

function mixDown(data: Buffer, format: Format, frames: number): Float32Array {
  const read = sampleReader(data, format);
  const size = format.bits / 8;
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < format.channels; channel++) sum += read((frame * format.channels + channel) * size);
    const mean = sum / format.channels;
    samples[frame] = Number.isFinite(mean) ? Math.max(-1, Math.min(1, mean)) : 0;
  }
  return samples;
}

function sampleReader(data: Buffer, { encoding, bits }: Format): (at: number) => number {
  if (encoding === 'float') return bits === 32 ? (at) => data.readFloatLE(at) : (at) => data.readDoubleLE(at);
  if (bits === 8) return (at) => (data.readUInt8(at) - 128) / 128; // the one depth without a sign
  const full = 2 ** (bits - 1);
  return (at) => data.readIntLE(at, bits / 8) / full;
}

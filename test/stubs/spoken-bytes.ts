/** The stub's voice and ear: each byte of the text is a run of equal samples, so what it speaks it can hear again. */

export const VOICE_RATE = 24_000;
const RUN = 240;
const STEP = 100;

/** 16 bit little-endian samples, ten milliseconds a byte. */
export function speak(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const pcm = Buffer.alloc(bytes.length * RUN * 2);
  bytes.forEach((byte, index) => {
    for (let at = 0; at < RUN; at += 1) pcm.writeInt16LE(byte * STEP, (index * RUN + at) * 2);
  });
  return pcm;
}

/** The text of a WAV that `speak` made; empty for any other recording. */
export function hear(wav: Buffer): string {
  const pcm = wav.subarray(44);
  const bytes: number[] = [];
  for (let at = 0; at + RUN * 2 <= pcm.length; at += RUN * 2) {
    const sample = pcm.readInt16LE(at);
    if (sample % STEP !== 0 || sample <= 0 || pcm.readInt16LE(at + RUN * 2 - 2) !== sample) return '';
    bytes.push(sample / STEP);
  }
  return Buffer.from(bytes).toString('utf8');
}

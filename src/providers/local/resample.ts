/** Changes the sample rate of a recording without folding high tones down into speech (windowed sinc). */

/** Zero crossings of the sinc on each side: enough for speech. */
const HALF_WIDTH = 12;

/** `samples` at `from` per second, given at `to` per second. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const ratio = from / to;
  // Going down, everything above half the new rate has to go first.
  const cutoff = Math.min(1, to / from);
  const reach = HALF_WIDTH / cutoff;
  const result = new Float32Array(Math.floor(samples.length / ratio));
  for (let at = 0; at < result.length; at++) {
    const centre = at * ratio;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    let weights = 0;
    for (let tap = first; tap <= last; tap++) {
      const distance = tap - centre;
      const weight = sinc(distance * cutoff) * hann(distance / reach);
      sum += (samples[tap] ?? 0) * weight;
      weights += weight;
    }
    result[at] = weights === 0 ? 0 : sum / weights;
  }
  return result;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const hann = (x: number): number => 0.5 + 0.5 * Math.cos(Math.PI * x);

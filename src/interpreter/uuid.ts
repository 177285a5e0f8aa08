/** Repeatable identifiers: the same text gives the same uuid on every replay and after every continue-as-new. */

/** A uuid of version 8 (RFC 9562, section 5.8) from a 128-bit mix of the text. Unique, not secret. */
export function uuidFrom(text: string): string {
  const words = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    for (let k = 0; k < 4; k += 1)
      words[k] = mix((words[k] ?? 0) ^ (code + k), 0x01000193 + 2 * k, words[(k + 1) % 4] ?? 0);
  }
  for (let round = 0; round < 4; round += 1)
    for (let k = 0; k < 4; k += 1) words[k] = mix(words[k] ?? 0, 0x2c1b3c6d, words[(k + 3) % 4] ?? 0);
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function mix(word: number, factor: number, other: number): number {
  let x = Math.imul(word ^ (word >>> 15), factor) + (other ^ (other << 7));
  x = Math.imul(x ^ (x >>> 13), 0x5bd1e995);
  return (x ^ (x >>> 16)) | 0;
}

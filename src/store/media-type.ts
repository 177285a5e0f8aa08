/** Recognises sound, pictures and PDF by their first bytes (https://mimesniff.spec.whatwg.org/). */

interface Signature {
  readonly mediaType: string;
  readonly at: number;
  readonly bytes: string;
  /** A second mark that must be there too. */
  readonly and?: { readonly at: number; readonly bytes: string };
}

const SIGNATURES: readonly Signature[] = [
  { mediaType: 'audio/wav', at: 0, bytes: 'RIFF', and: { at: 8, bytes: 'WAVE' } },
  { mediaType: 'image/webp', at: 0, bytes: 'RIFF', and: { at: 8, bytes: 'WEBP' } },
  { mediaType: 'audio/ogg', at: 0, bytes: 'OggS\0' },
  { mediaType: 'audio/flac', at: 0, bytes: 'fLaC' },
  { mediaType: 'audio/mpeg', at: 0, bytes: 'ID3' },
  { mediaType: 'audio/mpeg', at: 0, bytes: '\xff\xfb' },
  { mediaType: 'audio/mpeg', at: 0, bytes: '\xff\xf3' },
  { mediaType: 'audio/webm', at: 0, bytes: '\x1a\x45\xdf\xa3' },
  { mediaType: 'audio/mp4', at: 4, bytes: 'ftypM4A' },
  { mediaType: 'image/png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { mediaType: 'image/jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { mediaType: 'image/gif', at: 0, bytes: 'GIF8' },
  { mediaType: 'application/pdf', at: 0, bytes: '%PDF-' },
];

/** The media type of content that is recognised for certain, else undefined. */
export function sniffMediaType(content: Uint8Array): string | undefined {
  const head = Buffer.from(content.subarray(0, 16)).toString('latin1');
  const holds = (mark: { readonly at: number; readonly bytes: string }): boolean =>
    head.startsWith(mark.bytes, mark.at);
  return SIGNATURES.find((signature) => holds(signature) && (signature.and === undefined || holds(signature.and)))
    ?.mediaType;
}

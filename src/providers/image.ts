/** The little that must be known about pictures: which format one is. */
import type { ImageOutput } from '../tools/image-generate';
import type { ToolAnswer } from '../tools/tool';
import type { VendorCall } from './define-provider';
import { garbage } from './http/http-error';

/** A large picture in base64, with what stands around it. */
export const MAX_IMAGE_BYTES = 24 * 1024 * 1024;

/** By the first bytes of the file, as text. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
];

/** The picture that a vendor gave in base64, with or without `data:…;base64,` before it; anything else cannot be used. */
export function pictured(text: string | undefined, call: VendorCall, { where, usage }: Made): ToolAnswer {
  const imageData = (text ?? '').replace(/^data:[\w/+.-]+;base64,/, '');
  const head = Buffer.from(imageData.slice(0, 24), 'base64').toString('latin1');
  const mediaType = MARKS.find(([mark]) => mark.test(head))?.[1];
  if (mediaType === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(imageData))
    throw garbage(call.far, where, 'it holds no picture', { data: { usage: { ...usage } } });
  return { output: { imageData, mediaType } satisfies ImageOutput, usage };
}

interface Made {
  /** For error texts. */
  readonly where: string;
  readonly usage: NonNullable<ToolAnswer['usage']>;
}

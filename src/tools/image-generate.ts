/** The tool `image.generate`: a description in, a picture out. */
import { z } from 'zod';
import type { ToolContract } from './tool';

/** What all vendors can do; the usual of each is a square. */
const RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'] as const;

export const imageInput = z.strictObject({
  prompt: z.string().min(1).max(8_000).describe('What the picture shows.'),
  aspectRatio: z.enum(RATIOS).optional().describe('Width to height; the model’s usual one unless told.'),
});

export const imageOutput = z.object({
  imageData: z
    .string()
    .min(1)
    .meta({ contentEncoding: 'base64', contentMediaType: 'image/*' })
    .describe('The picture, base64 encoded, in the format that mediaType names.'),
  mediaType: z.string().describe('Such as image/png or image/jpeg.'),
});

export type ImageInput = z.infer<typeof imageInput>;
export type ImageOutput = z.infer<typeof imageOutput>;

export const imageGenerate: ToolContract = {
  name: 'image.generate',
  title: 'Generate a picture',
  description: 'Makes a picture by its description.',
  category: 'image',
  input: imageInput,
  output: imageOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 120_000,
};

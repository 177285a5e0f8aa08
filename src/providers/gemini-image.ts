/** Pictures by Gemini (https://ai.google.dev/gemini-api/docs/image-generation): an inline part of its answer. */
import { sizeOf } from '../plan/price';
import type { ImageInput } from '../tools/image-generate';
import type { ToolAnswer } from '../tools/tool';
import type { VendorCall } from './define-provider';
import { generate, WHERE } from './gemini-wire';
import { MAX_IMAGE_BYTES, pictured } from './image';

export async function geminiImage(
  usual: string,
  { prompt, aspectRatio }: ImageInput,
  call: VendorCall,
): Promise<ToolAnswer> {
  const model = call.model ?? usual;
  const body = {
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    generationConfig: {
      responseModalities: ['IMAGE'],
      ...(aspectRatio === undefined ? {} : { imageConfig: { aspectRatio } }),
    },
  };
  const estimate = { model, inputTokens: sizeOf(prompt).tokens };
  const { parts, usage } = await generate({ body, estimate, maxBytes: MAX_IMAGE_BYTES }, call);
  const [picture] = parts.flatMap(({ inlineData }) => inlineData ?? []);
  return pictured(picture?.data, call, { where: WHERE, usage });
}

/**
 * Pictures in OpenAI's wire format: `POST /images/generations` answers base64 when it is asked to.
 * https://docs.x.ai/docs/guides/image-generations: `aspect_ratio` in place of OpenAI's `size`.
 */
import { z } from 'zod';
import type { ImageInput } from '../tools/image-generate';
import type { ToolAnswer } from '../tools/tool';
import { accounted } from './broken-off';
import type { VendorCall } from './define-provider';
import { statusError } from './http/http-error';
import { MAX_IMAGE_BYTES, pictured } from './image';

const PATH = '/images/generations';
const TICKS_PER_USD = 1e10;

/** An error under 200. */
const failure = z.object({ error: z.object({ code: z.int().min(400).max(599) }) });
const reply = z.object({
  data: z.array(z.object({ b64_json: z.string() })).min(1),
  usage: z.object({ cost_in_usd_ticks: z.number().min(0).optional() }).nullish(),
});

export async function draw(usual: string, { prompt, aspectRatio }: ImageInput, call: VendorCall): Promise<ToolAnswer> {
  const model = call.model ?? usual;
  const ratio = aspectRatio === undefined ? {} : { aspect_ratio: aspectRatio };
  const body = await accounted(call, { model, images: 1 }, (onAnswer) =>
    call.json(z.union([failure, reply]), {
      method: 'POST',
      path: PATH,
      body: { model, prompt, n: 1, response_format: 'b64_json', ...ratio },
      maxBytes: MAX_IMAGE_BYTES,
      onAnswer,
    }),
  );
  if ('error' in body) {
    call.used?.({});
    throw statusError(call.far, body.error.code, `POST ${PATH}`);
  }
  const { data, usage } = body;
  const ticks = usage?.cost_in_usd_ticks;
  const cost = ticks === undefined ? {} : { costUsd: ticks / TICKS_PER_USD };
  return pictured(data[0]?.b64_json, call, { where: `POST ${PATH}`, usage: { model, images: 1, ...cost } });
}

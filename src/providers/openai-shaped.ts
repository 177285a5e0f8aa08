/** A provider for any vendor that speaks OpenAI's wire format: its row of differences in, the tools of a chat model out. */
import type { ImageInput } from '../tools/image-generate';
import type { TtsInput } from '../tools/tts-synthesize';
import { defineProvider, type DefinedProvider, type VendorCall, type VendorTool } from './define-provider';
import { modelTools, usualModels } from './model-tools';
import { openAiChat } from './openai-chat';
import { draw } from './openai-image';
import { speak } from './openai-speech';
import type { OpenAiVendor } from './openai-vendor';

export type DefinedOpenAiShaped = DefinedProvider & Pick<OpenAiVendor, 'models'>;

export function defineOpenAiShaped(vendor: OpenAiVendor): DefinedOpenAiShaped {
  const { models, rates = {}, own = {} } = vendor;
  const { speech, image } = models;
  const spoken: Record<string, VendorTool> =
    speech === undefined ? {} : { 'tts.synthesize': (input: TtsInput, call: VendorCall) => speak(speech, input, call) };
  const drawn: Record<string, VendorTool> =
    image === undefined ? {} : { 'image.generate': (input: ImageInput, call: VendorCall) => draw(image, input, call) };
  const defined = defineProvider({
    ...vendor,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    tools: {
      ...modelTools(openAiChat(vendor), models),
      ...spoken,
      ...drawn,
      ...Object.fromEntries(Object.entries(own).map(([name, { tool }]) => [name, tool])),
    },
    prices: {
      usual: {
        ...usualModels(models),
        ...(speech === undefined ? {} : { 'tts.synthesize': speech.model }),
        ...(image === undefined ? {} : { 'image.generate': image }),
        ...Object.fromEntries(Object.entries(own).map(([name, { model }]) => [name, model])),
      },
      rates,
    },
  });
  return { ...vendor, ...defined };
}

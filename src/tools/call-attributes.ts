/** What the span of a call tells of it: who was asked, at which attempt, and what that used. */
import type { Attributes } from '@opentelemetry/api';
import type { Usage } from '../plan/record';
import { genAi, known } from '../tracing/gen-ai';
import type { CallAttempt } from './call-attempt';

/** What models do, by category; engines of this machine aside. */
const BY_MODELS: Readonly<Record<string, 'chat' | 'generate_content'>> = {
  code: 'chat',
  feedback: 'chat',
  image: 'generate_content',
  llm: 'chat',
  mt: 'chat',
  nlu: 'chat',
  stt: 'generate_content',
  tts: 'generate_content',
};

/** Attempts that failed tell no model, and are calls of one all the same. */
export function callAttributes(
  { request: { tool, candidates, number: call }, provider, position = 0, number, skipped }: CallAttempt,
  { model: answeredBy, inputTokens, outputTokens, costUsd, cached, unpriced }: Usage,
): Attributes {
  const { model: wanted } = candidates[position] ?? {};
  const model = wanted !== undefined && provider?.knowsModel?.(wanted) === false ? undefined : wanted;
  const [category = ''] = tool.split('.');
  const usual = provider?.name === 'local' ? undefined : BY_MODELS[category];
  const ofModel = usual !== undefined || model !== undefined || answeredBy !== undefined;
  const asked = ofModel
    ? genAi({
        operation: usual ?? 'chat',
        provider: provider?.name,
        model,
        answeredBy,
        inputTokens,
        outputTokens,
      })
    : genAi({ operation: 'execute_tool', tool });
  return {
    ...asked,
    ...known({
      'omni.provider': provider?.name,
      'omni.attempt': number,
      'omni.call.number': call,
      'omni.call.skipped': skipped.length,
      'omni.usage.cost_usd': unpriced === true ? undefined : costUsd,
      'omni.usage.cached': cached,
    }),
  };
}

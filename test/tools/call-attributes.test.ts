/** What a call's span tells: names of the conventions for calls of models, those of tools for all others. */
import { expect, test } from '@jest/globals';
import { NO_USAGE } from '../../src/plan/record';
import type { CallAttempt } from '../../src/tools/call-attempt';
import { callAttributes } from '../../src/tools/call-attributes';

const attempt = (tool: string, provider: object, candidate: object = {}, rest: object = {}): CallAttempt =>
  ({
    request: { tool, number: 1, candidates: [candidate] },
    provider,
    position: 0,
    number: 1,
    skipped: [],
    ...rest,
  }) as never;
const usage = { ...NO_USAGE, inputTokens: 12, outputTokens: 3, costUsd: 0.25 };
const ours = { 'omni.attempt': 1, 'omni.call.number': 1, 'omni.call.skipped': 0, 'omni.usage.cost_usd': 0.25 };

test('a model is asked to chat, with both models, the tokens and the vendor as the conventions call it', () => {
  const call = attempt('llm.chat', { name: 'gemini' }, { model: 'gemini-3.1-pro' });
  expect(callAttributes(call, { ...usage, model: 'gemini-3.1-pro-002' })).toEqual({
    ...ours,
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'gemini-3.1-pro',
    'gen_ai.response.model': 'gemini-3.1-pro-002',
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'omni.provider': 'gemini',
  });
});

test('a model of pictures or sound generates content; one that the provider does not know was never asked for', () => {
  expect(callAttributes(attempt('tts.synthesize', { name: 'qwen' }, { model: 'voice-1' }), usage)).toMatchObject({
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.request.model': 'voice-1',
  });
  const other = attempt('mt.translate', { name: 'local', knowsModel: () => false }, { model: 'voice-1' });
  expect(callAttributes(other, usage)).toMatchObject({ 'gen_ai.operation.name': 'execute_tool' });
  expect(callAttributes(other, usage)).not.toHaveProperty('gen_ai.request.model');
});

test('any other call executes a tool, tells at which attempt and after how many it passed over, and no price that nobody knows', () => {
  const call = attempt('issue.create', { name: 'github' }, {}, { number: 3, skipped: [{}, {}] });
  expect(callAttributes(call, { ...usage, unpriced: true })).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'issue.create',
    'omni.provider': 'github',
    'omni.attempt': 3,
    'omni.call.number': 1,
    'omni.call.skipped': 2,
  });
});

test('a model that is no name is not told: expressions compute it, and vendors answer what they like', () => {
  const call = attempt('llm.chat', { name: 'openrouter' }, { model: 'for ada@example.com' });
  const told = callAttributes(call, { ...usage, model: 'x'.repeat(101) });
  expect(told).not.toHaveProperty('gen_ai.request.model');
  expect(told).not.toHaveProperty('gen_ai.response.model');
});

test('where nobody could be called there is no provider', () => {
  const call = attempt('llm.chat', {}, {}, { provider: undefined, position: undefined });
  expect(callAttributes(call, NO_USAGE)).not.toHaveProperty('omni.provider');
});

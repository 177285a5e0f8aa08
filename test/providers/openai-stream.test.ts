/** A completion in pieces becomes the body that it would have been in one. */
import { describe, expect, test } from '@jest/globals';
import { StreamedCompletion } from '../../src/providers/openai-stream';

const chunk = (delta: object, rest: object = {}): object => ({ model: 'm', choices: [{ index: 0, delta, ...rest }] });

function put(...chunks: readonly (object | string)[]): StreamedCompletion {
  const completion = new StreamedCompletion();
  for (const one of chunks) completion.take(typeof one === 'string' ? one : JSON.stringify(one));
  return completion;
}

const USAGE = { prompt_tokens: 3, completion_tokens: 2 };
const END = [chunk({}, { finish_reason: 'stop' }), { model: 'm', choices: [], usage: USAGE }, '[DONE]'];

describe('a stream', () => {
  test('is put together: content, reason, model and the usage of the last piece', () => {
    const start = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'bom ' }), chunk({ content: 'dia' })];
    const whole = put({ ...start[0], usage: null }, ...start.slice(1), ...END);
    expect(whole.body()).toEqual({
      model: 'm',
      choices: [{ message: { content: 'bom dia', refusal: null }, finish_reason: 'stop' }],
      usage: USAGE,
    });
    expect(whole.written).toBe(7);
  });

  test('counts what the model thinks, and keeps it out of what it says', () => {
    const whole = put(chunk({ reasoning_content: 'é' }), chunk({ reasoning: 'so' }), chunk({ content: 'a' }), ...END);
    expect([whole.content, whole.written]).toEqual(['a', 5]);
  });

  test('goes on without what comes after its end, and without other choices', () => {
    const other = { model: 'm', choices: [{ index: 1, delta: { content: 'no' } }] };
    expect(put(chunk({ content: 'a' }), other, ...END, chunk({ content: 'b' })).content).toBe('a');
  });

  test('takes a reason without [DONE], since nothing of the answer is missing', () => {
    expect(put(chunk({ content: 'a' }), chunk({}, { finish_reason: 'stop' })).body()).toBeDefined();
  });

  test('is broken without a reason, and by anything that is no piece', () => {
    expect(put(chunk({ content: 'a' })).body()).toBeUndefined();
    expect(put('[DONE]').body()).toBeUndefined();
    for (const strange of ['{', '3', '"x"', '{"choices":3}', '{"choices":[{"delta":{"content":3}}]}'])
      expect(put(chunk({ content: 'a' }), strange, ...END).body()).toBeUndefined();
  });

  test('is an error when one stands in it, at the top or in its choice', () => {
    expect(put(chunk({ content: 'a' }), { error: { code: 502 } }, ...END).body()).toEqual({ error: { code: 502 } });
    expect(put(chunk({}, { finish_reason: 'error', error: { code: 429 } })).body()).toMatchObject({
      choices: [{ error: { code: 429 } }],
    });
  });
});

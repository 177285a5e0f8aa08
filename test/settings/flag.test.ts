/** Claims about what a flag comes to for one start. */
import { describe, expect, test } from '@jest/globals';
import { complete, evaluateFlag, targetingKeyOf } from '../../src/settings/flag';
import type { Flag } from '../../src/settings/flag';

const flag = (rest: Partial<Flag> = {}): Flag => ({ ...complete({ enabled: true }), ...rest });
const of = (context: object, payload: object = {}) => ({ context, payload }) as Parameters<typeof evaluateFlag>[2];
const inPortuguese = { when: 'payload.targetLanguage == "pt"', enabled: true };

test('a flag that is not enabled is off for everybody, whatever its rules say', () => {
  const off = flag({ enabled: false, targeting: [{ when: 'true', enabled: true }] });
  expect(evaluateFlag('F', off, of({}))).toEqual({ value: false, reason: 'DISABLED' });
});

describe('rules', () => {
  test('the first that holds decides in place of the percentage', () => {
    const some = flag({
      rolloutPercentage: 0,
      targeting: [{ when: 'context.plan == "free"', enabled: false }, inPortuguese],
    });
    expect(evaluateFlag('F', some, of({ plan: 'pro' }, { targetLanguage: 'pt' }))).toEqual({
      value: true,
      reason: 'TARGETING_MATCH',
    });
    expect(evaluateFlag('F', some, of({ plan: 'free' }, { targetLanguage: 'pt' })).value).toBe(false);
    expect(evaluateFlag('F', some, of({ plan: 'pro' }, { targetLanguage: 'es' }))).toEqual({
      value: false,
      reason: 'SPLIT',
    });
  });

  test('one that reads what is not there, or is no condition, does not hold', () => {
    const some = flag({
      rolloutPercentage: 0,
      targeting: ['context.nowhere.else == 1', '"text"', 'uuid() == ""'].map((when) => ({ when, enabled: true })),
    });
    expect(evaluateFlag('F', some, of({})).value).toBe(false);
  });

  test('one with a percentage takes that part of those it is about', () => {
    const some = flag({ targeting: [{ ...inPortuguese, rolloutPercentage: 50 }] });
    const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);
    const on = users.filter((userId) => evaluateFlag('F', some, of({ userId }, { targetLanguage: 'pt' })).value);
    expect(on.length).toBeGreaterThan(100);
    expect(on.length).toBeLessThan(300);
  });
});

test('who starts is known by targetingKey, else by userId of context or payload, and only by a text', () => {
  expect(targetingKeyOf(of({ targetingKey: 't', userId: 'c' }, { userId: 'p' }))).toBe('t');
  expect(targetingKeyOf(of({ userId: 'c' }, { userId: 'p' }))).toBe('c');
  expect(targetingKeyOf(of({ userId: 7 }, { userId: 'p' }))).toBe('p');
  expect(targetingKeyOf(of({ userId: '' }))).toBeUndefined();
});

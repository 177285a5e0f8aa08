/** What a condition proves holds where it counts, and nowhere else: no false alarm, and none that is missed. */
import { describe, expect, test } from '@jest/globals';
import { findingsOf } from './registry';

const found = (steps: string, rest = ''): readonly string[] =>
  findingsOf(
    `name: T\nversion: 1.0.0\ntrigger: { payload: { to?: string, cc?: string } }\nguards: { budget: { maxMs: 1 } }\nsteps:\n${steps}${rest}`,
    ['error', 'warning'],
  );
const TO = '"${trigger.payload.to}"';
const send = (name: string, more = '', to = TO): string =>
  `{ name: ${name}, tool: email.send, provider: postal, input: { to: ${to} }${more} }`;
const HAS = 'if: has(trigger.payload.to)';
const warned = (line: number): string => `optional-into-required@${line}`;

describe('needs no other guard', () => {
  test.each([
    ['the step that has the condition', `  - ${send('a', `, ${HAS}`)}\n`],
    ['a condition of several parts', `  - ${send('a', `, if: has(trigger.payload.cc) && has(trigger.payload.to)`)}\n`],
    ['an optional that has a value', `  - ${send('a', `, if: trigger.payload.?to.hasValue()`)}\n`],
    ['a text around the value', `  - ${send('a', `, ${HAS}`, '"to ${trigger.payload.to}"')}\n`],
    ['a step of a group', `  - { name: g, ${HAS}, steps: [ ${send('a')} ] }\n`],
    ['a branch', `  - { name: p, ${HAS}, parallel: { a: ${send('a').replace('name: a, ', '')} } }\n`],
    ['a round', `  - { name: l, ${HAS}, repeat: { max: 2 }, steps: [ ${send('a')} ] }\n`],
    ['a handler', `  - { name: s, ${HAS}, tool: crm.note, provider: local, onError: [ ${send('a')} ] }\n`],
    ['a case', `  - { name: s, switch: [ { when: has(trigger.payload.to), steps: [ ${send('a')} ] } ] }\n`],
    [
      'the default after a case for its absence',
      `  - { name: s, switch: [ { when: "!has(trigger.payload.to)", steps: [ { name: n, fail: { type: no-address } } ] }, { default: [ ${send('a')} ] } ] }\n`,
    ],
    [
      'a step after one that ends the execution without it',
      `  - { name: n, if: "!has(trigger.payload.to)", return: none }\n  - ${send('a')}\n  - { name: g, steps: [ ${send('b')} ] }\n`,
    ],
    [
      'a compensation',
      `  - { name: s, ${HAS}, tool: crm.note, provider: local, compensate: { tool: email.send, provider: postal, input: { to: ${TO} } } }\n`.replace(
        'provider: postal, ',
        '',
      ),
    ],
    [
      'a compensation with a condition of its own',
      `  - { name: s, tool: crm.note, provider: local, compensate: { ${HAS}, tool: email.send, input: { to: ${TO} } } }\n`,
    ],
    [
      'a handler whose condition asks for the data of the error',
      `  - { name: s, tool: crm.note, provider: local, onError: [ { when: has(error.step), steps: [ ${send('a', '', '"${error.step}"')} ] } ] }\n`,
    ],
  ])('%s', (_, steps) => {
    expect(found(steps)).toEqual([]);
  });
});

describe('is still told', () => {
  test.each([
    ['beside the step that has the condition', `  - ${send('a', `, ${HAS}`)}\n  - ${send('b')}\n`, warned(7)],
    [
      'where either part is enough',
      `  - ${send('a', `, if: has(trigger.payload.cc) || has(trigger.payload.to)`)}\n`,
      warned(6),
    ],
    ['where the condition asks for its absence', `  - ${send('a', ', if: "!has(trigger.payload.to)"')}\n`, warned(6)],
    ['of another field', `  - ${send('a', ', if: has(trigger.payload.cc)')}\n`, warned(6)],
    [
      'in the default after a case for its presence',
      `  - { name: s, switch: [ { when: has(trigger.payload.to), steps: [ { name: n, wait: 1s } ] }, { default: [ ${send('a')} ] } ] }\n`,
      warned(6),
    ],
    [
      'after a step that goes on when it fails',
      `  - { name: n, if: "!has(trigger.payload.to)", fail: { type: none }, onError: continue }\n  - ${send('a')}\n`,
      warned(7),
    ],
    [
      'after a list in which one branch ended',
      `  - { name: g, if: has(trigger.payload.cc), steps: [ { name: n, if: "!has(trigger.payload.to)", return: 1 } ] }\n  - ${send('a')}\n`,
      warned(7),
    ],
    [
      'of the error of another step',
      `  - { name: s, tool: crm.note, provider: local, onError: [ { when: has(error.step), steps: [ { name: t, tool: crm.note, provider: local, onError: [ ${send('a', '', '"${error.step}"')} ] } ] } ] }\n`,
      warned(6),
    ],
  ])('%s', (_, steps, finding) => {
    expect(found(steps)).toEqual([finding]);
  });

  test('in finally, which runs in any case', () => {
    const steps = `  - { name: n, if: "!has(trigger.payload.to)", return: 1 }\n`;
    expect(found(steps, `finally:\n  - ${send('a')}\n`)).toEqual([warned(8)]);
  });
});

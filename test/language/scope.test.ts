/** What can be read where, and with which type. */
import { describe, expect, test } from '@jest/globals';
import { compileText, findingsOf, withSteps } from './registry';

const SCORE = (name: string, more = ''): string => `{ name: ${name}, tool: risk.score, provider: local${more} }`;
const errorsOf = (steps: string): readonly string[] => findingsOf(withSteps(steps), ['error', 'warning']);

describe('can be read', () => {
  test.each<[string, string]>([
    [
      'a step of a branch, after the branches',
      `  - name: p\n    parallel:\n      a: [ ${SCORE('x')} ]\n      b: { tool: risk.score, provider: local }\n  - { name: r, return: "\${steps.x.output.risk + steps.b.output.risk + steps.p.output.a.risk}" }\n`,
    ],
    [
      'a step of a group, after the group',
      `  - { name: g, steps: [ ${SCORE('x')} ] }\n  - { name: r, return: "\${steps.x.output.risk + steps.g.output.risk}" }\n`,
    ],
    [
      'the status of a step in a case',
      `  - { name: s, switch: [ { when: trigger.context.a, steps: [ ${SCORE('x')} ] } ] }\n  - { name: r, if: steps.x.status == 'skipped', return: 1 }\n`,
    ],
    [
      'the output of a switch that has a default',
      `  - { name: s, switch: [ { when: trigger.context.a, steps: [ ${SCORE('x')} ] }, { default: [ ${SCORE('y')} ] } ] }\n  - { name: r, return: "\${steps.s.output.risk}" }\n`,
    ],
    [
      'the output of a switch whose other cases end the execution',
      `  - { name: s, switch: [ { when: trigger.context.a, steps: [ { name: f, fail: { type: x } } ] }, { default: [ ${SCORE('y')} ] } ] }\n  - { name: r, return: "\${steps.s.output.risk}" }\n`,
    ],
    [
      'an output behind a guard',
      `  - ${SCORE('x', ', if: trigger.context.a')}\n  - { name: r, if: "has(steps.x.output) && steps.x.output.risk > 0.5", return: "\${steps.?x.?output.?risk.orValue(0)}" }\n`,
    ],
    [
      'the step itself and the error, in a handler',
      `  - ${SCORE('x', `, onError: [ { when: "steps.x.status == 'failed' && error.status >= 500", continue: true } ]`)}\n`,
    ],
    [
      'a step of the group that failed, in its handler',
      `  - { name: g, steps: [ ${SCORE('x')} ], onError: [ { name: h, tool: crm.note, provider: local, input: { a: "\${steps.?x.?output.?risk.orValue(0)}", why: "\${error.detail}" } } ] }\n`,
    ],
    [
      'an output whose failure is handled by steps that answer alike',
      `  - ${SCORE('x', `, onError: [ ${SCORE('y')} ]`)}\n  - { name: r, return: "\${steps.x.output.risk}" }\n`,
    ],
    [
      'a variable that every path has set before',
      '  - { name: a, set: { v: 1 } }\n  - { name: b, if: trigger.context.a, set: { v: 2 } }\n  - { name: r, return: "${vars.v + 1}" }\n',
    ],
    [
      'variables that branches have set',
      '  - { name: p, parallel: { a: { set: { v: 1 } }, b: { set: { w: 2 } } } }\n  - { name: r, return: "${vars.v + vars.w}" }\n',
    ],
    [
      'a field of an answer that is open',
      '  - { name: x, tool: crm.note, provider: local }\n  - { name: r, return: "${steps.x.output.anything.at.all}" }\n',
    ],
    [
      'settings, flags and the context',
      '  - { name: r, return: { a: "${settings.ui.theme}", b: "${flags.FAST}", c: "${trigger.context.userId}" } }\n',
    ],
  ])('%s', (_, steps) => {
    expect(errorsOf(steps)).toEqual([]);
  });
});

describe('cannot be read', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a step of a branch that may have been cancelled',
      `  - name: p\n    join: any\n    parallel: { a: { tool: risk.score, provider: local }, b: { tool: risk.score, provider: local } }\n  - { name: r, return: "\${steps.a.output.risk}" }\n`,
      ['maybe-absent@7'],
    ],
    [
      'an output whose handler answers otherwise',
      '  - { name: x, tool: risk.score, provider: local, onError: [ { name: y, tool: crm.note, provider: local } ] }\n  - { name: r, return: "${steps.x.output.risk}" }\n',
      ['maybe-absent@5'],
    ],
    [
      'the output of a switch without a default',
      `  - { name: s, switch: [ { when: trigger.context.a, steps: [ ${SCORE('x')} ] } ] }\n  - { name: r, return: "\${steps.s.output.risk}" }\n`,
      ['maybe-absent@5'],
    ],
    [
      'a step of a group that may have been skipped',
      `  - { name: g, if: trigger.context.a, steps: [ ${SCORE('x')} ] }\n  - { name: r, return: "\${steps.x.output.risk}" }\n`,
      ['maybe-absent@5'],
    ],
    [
      'a step of a handler',
      `  - ${SCORE('x', `, onError: [ ${SCORE('y')} ]`)}\n  - { name: r, return: "\${steps.y.output.risk}" }\n`,
      ['maybe-absent@5'],
    ],
    [
      'a step of another handler',
      `  - ${SCORE('x', `, onError: [ { when: "error.type == 'timeout'", steps: [ ${SCORE('y')} ] }, { steps: [ ${SCORE('z', ', if: "steps.y.status == \'failed\'"')} ] } ]`)}\n`,
      ['sibling-step@4'],
    ],
    [
      'a variable of a branch beside',
      '  - { name: p, parallel: { a: { set: { v: 1 } }, b: { set: { w: "${vars.v}" } } } }\n',
      ['unknown-variable@4'],
    ],
    [
      'the error after the step',
      `  - ${SCORE('x', ', onError: continue')}\n  - { name: r, return: "\${error.type}" }\n`,
      ['error-outside-handler@5'],
    ],
  ])('%s', (_, steps, found) => {
    expect(errorsOf(steps)).toEqual(found);
  });
});

describe('a place inside a scalar is exact', () => {
  const placeOf = (steps: string): string => {
    const [found] = compileText(withSteps(steps)).diagnostics;
    if (found === undefined) throw new Error('nothing was found');
    return `${found.line}:${found.column} ${found.source.slice(found.column - 1, found.column - 1 + found.length)}`;
  };

  test.each<[string, string, string]>([
    ['plain', '  - name: s\n    if: triger.payload == 1\n    set: { a: 1 }\n', '5:9 triger'],
    ['in double quotes', '  - { name: s, set: { a: "x ${triger} y" } }\n', '4:31 triger'],
    ['in single quotes', "  - { name: s, set: { a: 'x ${triger} y' } }\n", '4:31 triger'],
    ['the second of two', '  - { name: s, set: { a: "${execution.id} ${triger}" } }\n', '4:45 triger'],
    ['after an escape: the whole scalar', '  - { name: s, set: { a: "\\t${triger}" } }\n', '4:26 "\\t${triger}"'],
    [
      'after two single quotes: the whole scalar',
      "  - { name: s, set: { a: 'it''s ${triger}' } }\n",
      "4:26 'it''s ${triger}'",
    ],
    ['in a block: its head', '  - name: s\n    set:\n      a: |\n        one\n        ${triger}\n', '6:10 |'],
    ['after letters of two units', '  - { name: s, set: { a: "🜁 ${triger}" } }\n', '4:32 triger'],
  ])('%s', (_, steps, place) => {
    expect(placeOf(steps)).toBe(place);
  });
});

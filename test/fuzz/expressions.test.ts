/** Whatever is asked of an expression, the answer is a value or a typed error, soon, and the program is unchanged. */
import { expect, test } from '@jest/globals';
import { evaluate } from '../../src/plan/expression/evaluate';
import type { Json } from '../../src/plan/json';
import { OmniError } from '../../src/plan/problem';
import { eachSeed } from '../interpreter/seeds';
import { drawing } from './draw';
import { drawExpression } from './expression-text';
import { checkTime, watchPrototypes } from './watch';

const roots = JSON.parse(`{
  "a": { "b": { "c": 1 }, "name": "ada", "__proto__": { "x": 1 } }, "n": 7, "s": "Some text, 12 words; (a+)+ é🜁",
  "l": [3, 1, 2, "x", null, { "b": 1 }], "m": { "k": [true], "constructor": "mine" }, "deep": [[[[[[[[1]]]]]]]],
  "x": 0.1, "y": "2026-11-23T10:00:00Z"
}`) as Record<string, Json>;

test('random expressions', async () => {
  const checkPrototypes = watchPrototypes();
  let count = 0;
  await eachSeed(15_000, (seed) => {
    const source = drawExpression(drawing(seed));
    try {
      checkTime(() => ask(source));
      if ((count += 1) % 1_000 === 0) checkPrototypes();
    } catch (error) {
      return Promise.reject(new Error(`${JSON.stringify(source)}\n${String(error)}`, { cause: error }));
    }
    return Promise.resolve();
  });
  checkPrototypes();
  expect(count).toBeGreaterThan(0);
}, 1_800_000);

function ask(source: string): void {
  try {
    JSON.stringify(evaluate(source, { roots, now: () => 0, uuid: () => 'id' }));
  } catch (error) {
    if (!(error instanceof OmniError) || error.problem.type !== 'expression') throw error;
  }
}

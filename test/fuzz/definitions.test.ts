/** Whatever the text of a definition, the compiler answers with diagnostics or a plan, soon, and the program is unchanged. */
import { expect, test } from '@jest/globals';
import { DIAGNOSTIC_CODES } from '../../src/language/diagnostic-codes';
import { eachSeed } from '../interpreter/seeds';
import { compileText } from '../language/registry';
import { drawDefinition } from './definition-text';
import { drawing } from './draw';
import { checkTime, watchPrototypes } from './watch';

test('mutated definitions', async () => {
  const checkPrototypes = watchPrototypes();
  let count = 0;
  await eachSeed(1_000, (seed) => {
    const text = drawDefinition(drawing(seed));
    try {
      checkTime(() => compile(text));
      if ((count += 1) % 100 === 0) checkPrototypes();
    } catch (error) {
      return Promise.reject(new Error(`${text}\n${String(error)}`, { cause: error }));
    }
    return Promise.resolve();
  });
  checkPrototypes();
  expect(count).toBeGreaterThan(0);
}, 1_800_000);

function compile(text: string): void {
  const { plan, diagnostics } = compileText(text);
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  if ((plan === undefined) !== failed) throw new Error('A plan comes exactly where there is no error.');
  for (const { code, line } of diagnostics)
    if (!Object.hasOwn(DIAGNOSTIC_CODES, code) || line < 1) throw new Error(`${code} at line ${line}`);
  if (plan !== undefined) JSON.stringify(plan);
}

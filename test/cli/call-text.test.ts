import { expect, test } from '@jest/globals';
import { callText } from '../../src/cli/call-text';

test('a call is shown with its arguments, and what hides or turns text round is seen as it is', () => {
  const sly = 'pay \u001b[2K\u202e001\u200b$\u009b';
  expect(callText({ tool: 'pay', arguments: { n: 1, note: sly }, hash: '' })).toBe(
    'pay {"n":1,"note":"pay \\u001b[2K\\u202e001\\u200b$\\u009b"}',
  );
});

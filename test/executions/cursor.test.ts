/** Cursors of pages: what was handed out comes back, and nothing else is taken for one. */
import { expect, test } from '@jest/globals';
import { fromCursor, toCursor } from '../../src/executions/history';

test('a cursor leads back to its token, and what was never handed out is refused before Temporal sees it', () => {
  const token = Buffer.from('{"page":2}');
  expect(fromCursor(toCursor(token))).toEqual(token);
  for (const made of ['', 'true', '_filter_context', token.toString('base64url'), `${toCursor(token)}AAAA`])
    expect(() => fromCursor(made)).toThrow('not one that was handed out');
});

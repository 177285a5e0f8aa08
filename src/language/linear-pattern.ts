/** Patterns of types: RE2 (https://github.com/google/re2/wiki/Syntax), whose time is linear in the text. */
import { RE2JS } from 're2js';
import { patternFault } from '../plan/expression/pattern';

/** A longer text has no pattern: it is a document, and a pattern would hold up everyone else for seconds. */
const MAX_TEXT_LENGTH = 1_000_000;

/** What the validator needs of a regular expression. Throws on a pattern that RE2 does not have, or that is too large. */
export function linearPattern(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const fault = patternFault(pattern);
  if (fault !== undefined) throw new Error(`${pattern}: ${fault}`);
  const engine = RE2JS.compile(pattern);
  return {
    test: (text) => text.length <= MAX_TEXT_LENGTH && engine.matcher(text).find(),
    toString: () => `/${pattern}/${flags}`,
  };
}

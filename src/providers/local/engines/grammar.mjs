/** English grammar and spelling with Harper (WebAssembly, some 500 MB of memory). */
import { optional } from './fault.mjs';

const REMOVE = 1;
const INSERT_AFTER = 2;

export async function load() {
  const { LocalLinter } = await optional('harper.js');
  const { binaryInlined } = await optional('harper.js', 'harper.js/binaryInlined');
  const linter = new LocalLinter({ binary: binaryInlined });
  await linter.setup();
  await linter.lint('The first text takes longer than the next ones.');

  return async ({ text }) => {
    const lints = await linter.lint(text);
    return lints.map((lint) => {
      const { start, end } = lint.span();
      const original = lint.get_problem_text();
      const [first] = lint.suggestions();
      const replacement = first?.get_replacement_text() ?? '';
      return {
        kind: lint.lint_kind(),
        message: lint.message(),
        original,
        offset: start,
        length: end - start,
        ...(first === undefined ? {} : { suggestion: suggestionOf(first.kind(), original, replacement) }),
      };
    });
  };
}

function suggestionOf(kind, original, replacement) {
  if (kind === REMOVE) return '';
  return kind === INSERT_AFTER ? original + replacement : replacement;
}

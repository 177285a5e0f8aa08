/** Text with `${ … }` in it → its parts: literal text and expressions with their places. `$${` is a literal `${`. */

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `offset` is where the source begins within the text. */
  | { readonly kind: 'expression'; readonly source: string; readonly offset: number };

export interface TextParts {
  readonly parts: readonly TextPart[];
  /** Offset of a `${` that has no end. */
  readonly unterminated?: number;
}

export function readParts(text: string): TextParts {
  const parts: TextPart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('${', at);
    if (next === -1) break;
    if (next > at && text[next - 1] === '$') {
      literal += text.slice(at, next - 1) + '${';
      at = next + 2;
      continue;
    }
    const end = endOfExpression(text, next + 2);
    if (end === undefined) return { parts, unterminated: next };
    literal += text.slice(at, next);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push({ kind: 'expression', source: text.slice(next + 2, end), offset: next + 2 });
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return { parts };
}

/** The offset of the brace that ends an expression; braces inside strings and comments do not count. */
function endOfExpression(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"' || char === "'") {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    if (char === '{') depth++;
    if (char === '}' && depth-- === 0) return at;
    at++;
  }
  return undefined;
}

/** The offset after a string that begins at `at`: short or triple quotes, raw where an `r` stands before it. */
function endOfString(text: string, at: number): number | undefined {
  const quote = text[at] ?? '';
  const delimiter = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  const raw = /(^|[^A-Za-z0-9_])[bB]?[rR][bB]?$/.test(text.slice(Math.max(0, at - 3), at));
  for (let index = at + delimiter.length; index < text.length; index++) {
    if (text[index] === '\\' && !raw) index++;
    else if (text.startsWith(delimiter, index)) return index + delimiter.length;
  }
  return undefined;
}

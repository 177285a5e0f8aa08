/** A diagnostic as people read it on a terminal: where, what, the line with a caret, and the mend. */
import type { Diagnostic, Severity } from './diagnostic';

const COLOURS: Readonly<Record<Severity, number>> = { error: 31, warning: 33, hint: 36 };

/** Longer lines are shown in part. */
const MAX_WIDTH = 160;

export function formatDiagnostic(
  diagnostic: Diagnostic,
  { color }: { readonly color: boolean } = { color: false },
): string {
  const { file, line, column, severity, code, message, suggestion } = diagnostic;
  const paint = (text: string, style: number): string => (color ? `\u001b[${style}m${text}\u001b[0m` : text);
  const gutter = String(line);
  const blank = ' '.repeat(gutter.length);
  const shown = column - 1 > diagnostic.source.length ? undefined : excerpt(diagnostic);
  return [
    `${paint(`${file}:${line}:${column}`, 1)} ${paint(severity, COLOURS[severity])} ${code}: ${visible(message)}`,
    ...(shown === undefined
      ? []
      : [`  ${gutter} | ${shown.text}`, `  ${blank} | ${paint(shown.caret, COLOURS[severity])}`]),
    ...(suggestion === undefined ? [] : [`  ${blank} = suggestion: ${visible(suggestion)}`]),
  ].join('\n');
}

/** The line with its caret; tabs keep their width, and a long line is cut around the place. */
function excerpt({ source, column, length }: Diagnostic): { readonly text: string; readonly caret: string } {
  const from = source.length > MAX_WIDTH ? Math.max(0, column - 1 - MAX_WIDTH / 2) : 0;
  const text = source.slice(from, from + MAX_WIDTH);
  const before = text.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(length, text.length - before.length));
  return { text: visible(text), caret: before + '^'.repeat(width) };
}

/** Without the control characters that a terminal would obey. */
function visible(text: string): string {
  return [...text].map((char) => (isControl(char.codePointAt(0) ?? 0) ? '\ufffd' : char)).join('');
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || (code >= 0x7f && code <= 0x9f);
}

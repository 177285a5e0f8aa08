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
  const { text, caret } = excerpt(diagnostic);
  const blank = ' '.repeat(gutter.length);
  return [
    `${paint(`${file}:${line}:${column}`, 1)} ${paint(severity, COLOURS[severity])} ${code}: ${message}`,
    `  ${gutter} | ${text}`,
    `  ${blank} | ${paint(caret, COLOURS[severity])}`,
    ...(suggestion === undefined ? [] : [`  ${blank} = suggestion: ${suggestion}`]),
  ].join('\n');
}

/** The line with its caret; tabs keep their width, and a long line is cut around the place. */
function excerpt({ source, column, length }: Diagnostic): { readonly text: string; readonly caret: string } {
  const from = source.length > MAX_WIDTH ? Math.max(0, column - 1 - MAX_WIDTH / 2) : 0;
  const text = source.slice(from, from + MAX_WIDTH);
  const before = text.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(length, text.length - before.length));
  const visible = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
  return { text: visible, caret: before + '^'.repeat(width) };
}

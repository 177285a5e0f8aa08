/** Collects findings about one text, and makes positioned diagnostics of them at the end. */
import type { Diagnostic, DiagnosticCode, Severity } from './diagnostic';
import { DIAGNOSTIC_CODES } from './diagnostic-codes';
import { nearWord } from './near-word';

/** No more diagnostics than this are made of one text; a closing note says how many there were. */
export const MAX_DIAGNOSTICS = 100;

/** Beyond this many, findings are only counted. */
const MAX_FINDINGS = 2_000;

/** A line is shown up to this many characters. */
const MAX_SOURCE = 2_000;

/** Offsets into the text, in UTF-16 units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Report {
  readonly text: string;
  add(code: DiagnosticCode, range: Range, message: string, suggestion?: string): void;
  hasErrors(): boolean;
  /** The nearest of the words. Nothing is looked for once there are more errors than are shown. */
  near(word: string, words: Iterable<string>): string | undefined;
  /** In the order of the text, errors being kept first when there are too many. */
  diagnostics(): readonly Diagnostic[];
}

interface Finding {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly range: Range;
  readonly message: string;
  readonly suggestion: string | undefined;
}

export function createReport(source: { readonly text: string; readonly file: string }): Report {
  const { text, file } = source;
  const findings: Finding[] = [];
  const seen = new Set<string>();
  let errors = 0;
  let uncollected = 0;

  const add: Report['add'] = (code, range, message, suggestion) => {
    if (findings.length >= MAX_FINDINGS) {
      uncollected++;
      if (DIAGNOSTIC_CODES[code].severity === 'error') errors++;
      return;
    }
    // What an alias repeats is found once.
    const place = `${code} ${range.start} ${range.end} ${message}`;
    if (seen.has(place)) return;
    seen.add(place);
    const { severity } = DIAGNOSTIC_CODES[code];
    if (severity === 'error') errors++;
    findings.push({ code, severity, range, message, suggestion });
  };

  const diagnostics = (): readonly Diagnostic[] => {
    const lines = lineStarts(text);
    const kept = keep(findings).sort((a, b) => a.range.start - b.range.start);
    const made = kept.map((finding) => diagnosticOf(finding, { text, file, lines }));
    if (kept.length === findings.length) return made;
    const last = made[made.length - 1];
    if (last === undefined) return made;
    const { line, column, length, source } = last;
    const message = `${findings.length + uncollected - kept.length} more findings are not shown. Mend these first.`;
    return [...made, { file, code: 'too-many-findings', severity: 'hint', line, column, length, message, source }];
  };

  const near: Report['near'] = (word, words) => (errors < MAX_DIAGNOSTICS ? nearWord(word, words) : undefined);

  return { text, add, hasErrors: () => errors > 0, near, diagnostics };
}

function keep(findings: readonly Finding[]): Finding[] {
  if (findings.length <= MAX_DIAGNOSTICS) return [...findings];
  const rank = { error: 0, warning: 1, hint: 2 };
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]).slice(0, MAX_DIAGNOSTICS);
}

interface Lines {
  readonly text: string;
  readonly file: string;
  readonly lines: readonly number[];
}

function diagnosticOf(finding: Finding, { text, file, lines }: Lines): Diagnostic {
  const start = Math.min(Math.max(0, finding.range.start), text.length);
  const index = lineAt(lines, start);
  const lineStart = lines[index] ?? 0;
  const lineEnd = lines[index + 1] === undefined ? text.length : endOfLine(text, lines[index + 1] ?? 0);
  const column = Math.min(start, lineEnd) - lineStart;
  const length = Math.max(1, Math.min(finding.range.end, lineEnd) - start);
  const source = text.slice(lineStart, Math.min(lineEnd, lineStart + MAX_SOURCE));
  const { code, severity, message, suggestion } = finding;
  return {
    file,
    code,
    severity,
    line: index + 1,
    column: column + 1,
    length,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    source,
  };
}

/** Without its line end. */
function endOfLine(text: string, next: number): number {
  return text[next - 2] === '\r' ? next - 2 : next - 1;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

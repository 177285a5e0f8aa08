/** Collects findings about one text, and makes positioned diagnostics of them at the end. */
import type { Diagnostic, DiagnosticCode, Severity } from './diagnostic';
import { DIAGNOSTIC_CODES } from './diagnostic-codes';

/** No more diagnostics than this are made of one text; a closing note says how many there were. */
export const MAX_DIAGNOSTICS = 100;

/** Beyond this many, findings are only counted. */
const MAX_FINDINGS = 2_000;

/** Offsets into the text, in UTF-16 units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Report {
  readonly text: string;
  add(code: DiagnosticCode, range: Range, message: string, suggestion?: string): void;
  hasErrors(): boolean;
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
    const message = `${findings.length + uncollected - kept.length} more findings are not shown. Mend these first.`;
    return [...made, { ...withoutSuggestion(last), code: 'too-many-findings', severity: 'hint', message }];
  };

  return { text, add, hasErrors: () => errors > 0, diagnostics };
}

function keep(findings: readonly Finding[]): Finding[] {
  if (findings.length <= MAX_DIAGNOSTICS) return [...findings];
  const rank = { error: 0, warning: 1, hint: 2 };
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]).slice(0, MAX_DIAGNOSTICS);
}

function withoutSuggestion(diagnostic: Diagnostic): Diagnostic {
  const { suggestion: _, ...rest } = diagnostic;
  return rest;
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
  const source = text.slice(lineStart, lines[index + 1] ?? text.length).replace(/\r?\n$/, '');
  const column = Math.min(start - lineStart, source.length);
  const length = Math.max(1, Math.min(finding.range.end - start, source.length - column));
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

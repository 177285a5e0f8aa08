/** A positioned finding about a definition: the same object serves the command line, the API, the editor and the console. */
import type { DiagnosticCode } from './diagnostic-codes';

export type Severity = 'error' | 'warning' | 'hint';

export interface Diagnostic {
  /** File name or label of the text. */
  readonly file: string;
  /** Closed list; each has a heading in docs/errors.md. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Length of the underlined text, at least 1, within the line. */
  readonly length: number;
  readonly message: string;
  /** The nearest right word, or what to write instead. */
  readonly suggestion?: string;
  /** The source line, its first 2,000 characters at most. */
  readonly source: string;
}

export type { DiagnosticCode };

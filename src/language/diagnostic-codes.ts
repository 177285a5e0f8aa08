/** Every code that a diagnostic may bear: its severity unless the place says otherwise, and a short title. docs/errors.md explains each. */
import type { Severity } from './diagnostic';

interface CodeFacts {
  readonly severity: Severity;
  readonly title: string;
}

const error = (title: string): CodeFacts => ({ severity: 'error', title });
const warning = (title: string): CodeFacts => ({ severity: 'warning', title });
const hint = (title: string): CodeFacts => ({ severity: 'hint', title });

export const DIAGNOSTIC_CODES = {
  // The text.
  'too-large': error('The definition is larger than 256 KiB'),
  'too-deep': error('The definition is nested too deeply'),
  'too-many-nodes': error('The definition holds too many values'),
  'too-many-aliases': error('The definition holds too many aliases'),
  'too-many-findings': hint('More was found than is shown'),
  'yaml-syntax': error('Not YAML'),
  'yaml-feature': error('A feature of YAML that definitions do not use'),
  'duplicate-key': error('A key is written twice'),
  'unquoted-expression': error('Quote this expression'),
  'unterminated-expression': error('An expression has no end'),
  'not-json': error('A value that JSON cannot hold'),
  // Words and shapes.
  'unknown-key': error('A key that the language does not have'),
  'missing-key': error('A required key is missing'),
  'wrong-shape': error('A value of the wrong shape'),
  'no-kind': error('A step without a kind'),
  'two-kinds': error('A step with more than one kind'),
  'invalid-id': error('Not an id'),
  'reserved-id': error('A reserved id'),
  'invalid-name': error('Not a name'),
  'reserved-name': error('A reserved name'),
  'duplicate-name': error('A name is used twice'),
  'invalid-version': error('Not a semantic version'),
  'invalid-duration': error('Not a duration'),
  'invalid-cron': error('Not times of a schedule'),
  'unknown-timezone': error('An unknown time zone'),
  'payload-misfit': error('A payload that does not fit its types'),
  'out-of-range': error('A number outside its range'),
  'two-timeouts': error('A timeout is written twice'),
  // Types.
  'unknown-type': error('An unknown type'),
  'invalid-type': error('A type that cannot be'),
  'recursive-type': error('A type that contains itself'),
  'invalid-schema': error('A JSON Schema that cannot be used'),
  'unused-type': warning('A type that nothing uses'),
  // Expressions.
  'expression-syntax': error('Not an expression'),
  'expression-too-large': error('An expression is too long or too deep'),
  'unknown-root': error('An unknown name at the start of a path'),
  'unknown-field': error('A field that the type does not have'),
  'unknown-function': error('An unknown function'),
  'maybe-absent': error('A value that may be absent is read without a guard'),
  'type-mismatch': error('A value of the wrong type'),
  'unknown-word': error('A word that the enumeration does not have'),
  'invalid-pattern': error('A pattern that RE2 does not have'),
  'blob-inside': error('Reading inside a large value'),
  'constant-condition': warning('A condition that can only have one value'),
  // Steps and their order.
  'unknown-step': error('An unknown step'),
  'step-not-yet-run': error('A step that comes later'),
  'sibling-step': error('A step in a branch beside this one'),
  'inside-loop': error('A step of a loop is read from outside'),
  'unknown-variable': error('A variable that nothing sets before'),
  'error-outside-handler': error('The error is read where there is none'),
  'concurrent-set': error('Steps that run at once set one variable'),
  'unused-variable': warning('A variable that nothing reads'),
  'unreachable-step': error('A step that can never run'),
  'unreachable-case': error('A case, handler or rule that can never be chosen'),
  'endless-repeat': error('A repeat without an end'),
  'hidden-root': error('A loop gives its item a name that is taken'),
  'wait-too-long': error('A wait that is longer than the timeout around it'),
  'not-in-finally': error('A step that cannot stand in finally'),
  'unknown-workflow': warning('An unknown definition'),
  'self-call': warning('A definition that calls itself'),
  'invalid-join': error('A join that the branches cannot meet'),
  // Tools and providers.
  'unknown-tool': error('An unknown tool'),
  'unknown-provider': error('An unknown provider'),
  'no-adapter': hint('A provider without an adapter in this version'),
  'no-provider': error('No provider is left'),
  'repeated-provider': hint('A provider is named twice'),
  'unknown-input': error('An input that the tool does not take'),
  'missing-input': error('An input that the tool requires'),
  'optional-into-required': warning('An optional value feeds a required input'),
  'unknown-output': error('An output that the tool does not give'),
  'retry-not-idempotent': error('A second attempt of a tool that is tried once'),
  'unapproved-effect': warning('A model may act outside without anyone agreeing'),
  // Guards.
  'unused-fallback': hint('A fallback for a category that no step has'),
  'personal-data': warning('Personal data leave as they are'),
  'unread-by-redaction': warning('Bytes that the guard cannot read'),
  'unknown-price': warning('A budget of money, and a call whose price is unknown'),
  'no-budget': warning('Calls that cost money, and no budget'),
  'near-type': warning('An error type of your own that looks like a built-in one'),
} as const satisfies Record<string, CodeFacts>;

/** The closed list of codes. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

/** YAML's own faults as findings; on a line that holds an expression the mend is nearly always to quote it. */
import type { YAMLError } from 'yaml';
import type { Report } from './report';

/** One finding per line: what follows the first fault of a line is mostly its echo. */
export function reportFaults(report: Report, faults: readonly YAMLError[]): void {
  let lineEnd = -1;
  for (const fault of faults) {
    if (fault.pos[0] <= lineEnd) continue;
    reportFault(report, fault);
    const next = report.text.indexOf('\n', fault.pos[0]);
    lineEnd = next === -1 ? report.text.length : next;
  }
}

/** YAML's own faults; on a line that holds an expression the mend is nearly always the same. */
function reportFault(report: Report, fault: YAMLError): void {
  const { text } = report;
  const [start, end] = fault.pos;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  const range = { start, end: Math.max(end, start + 1) };
  if (fault.code === 'TAG_RESOLVE_FAILED') return;
  const detail = fault.message.replace(/\s+/g, ' ').trim();
  const expression = line.search(/\$\{|(^|[\s{,])(if|when|while|until|forEach|collect): *\S/);
  if (expression !== -1) {
    const message = `YAML cannot read this line: ${detail}. An expression with ": ", " #", "{ }" or quotes in it must be quoted.`;
    report.add('unquoted-expression', range, message, 'quote this expression');
  } else if (/[\w\]]\[\]/.test(line)) {
    report.add(
      'yaml-syntax',
      range,
      `YAML cannot read this line: ${detail}. A type such as string[] must be quoted inside { }.`,
      '"string[]"',
    );
  } else report.add('yaml-syntax', range, `YAML cannot read this: ${detail}.`);
}

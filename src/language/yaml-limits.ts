/** Reads a text token by token and refuses what is too large, too deep or outside the language, before anything is built from it. */
import { CST, Lexer } from 'yaml';
import type { Report } from './report';

export const MAX_BYTES = 256 * 1024;
export const MAX_DEPTH = 64;
export const MAX_NODES = 20_000;
export const MAX_ALIASES = 50;

/** Of any sort, line ends and comments included: bounds the parser's work on a text of blanks and brackets. */
const MAX_TOKENS = 150_000;

const FEATURES: Readonly<Record<string, string>> = {
  tag: 'Tags',
  'directive-line': 'Directives',
};

/** Whether the text may be parsed. Linear in the text's length, and without recursion. */
export function withinLimits(report: Report): boolean {
  const { text } = report;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    report.add(
      'too-large',
      { start: 0, end: 1 },
      `The definition has ${bytes} bytes; at most ${MAX_BYTES} are allowed. Split it into several definitions.`,
    );
    return false;
  }
  return countTokens(report);
}

function countTokens(report: Report): boolean {
  let offset = 0;
  let tokens = 0;
  let nodes = 0;
  let pairs = 0;
  let aliases = 0;
  let flow = 0;
  let onLine = 0;
  let features = false;
  let isScalar = false;
  for (const token of new Lexer().lex(report.text)) {
    const type: string | null = isScalar ? 'scalar-source' : CST.tokenType(token);
    isScalar = type === 'scalar';
    const range = { start: offset, end: offset + token.length };
    if (type === 'scalar-source' || type === 'single-quoted-scalar' || type === 'double-quoted-scalar') nodes++;
    else if (type === 'anchor') nodes++;
    else if (type === 'map-value-ind') pairs++;
    else if (type === 'flow-map-start' || type === 'flow-seq-start') (nodes++, flow++);
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flow--;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') onLine++;
    else if (type === 'newline') onLine = 0;
    else if (type === 'alias') aliases++;
    else if (type !== null && Object.hasOwn(FEATURES, type)) {
      features = true;
      reportFeature(report, type, range);
    }
    if (flow + onLine > MAX_DEPTH) {
      report.add('too-deep', range, `Values are nested more than ${MAX_DEPTH} deep here.`);
      return false;
    }
    if (flow < 0) {
      report.add('yaml-syntax', range, `YAML cannot read this: nothing was opened that this ${token} would close.`);
      return false;
    }
    if (nodes > MAX_NODES || pairs > MAX_NODES || ++tokens > MAX_TOKENS) {
      report.add(
        'too-many-nodes',
        range,
        `The definition holds more than ${MAX_NODES} values. Split it into several definitions.`,
      );
      return false;
    }
    if (aliases > MAX_ALIASES) {
      report.add('too-many-aliases', range, `The definition uses more than ${MAX_ALIASES} aliases.`);
      return false;
    }
    if (type !== 'scalar' && type !== 'doc-mode' && type !== 'flow-error-end') offset += token.length;
  }
  return !features;
}

/** A condition that begins with `!` looks like a tag to YAML. */
function reportFeature(report: Report, type: string, range: { readonly start: number; readonly end: number }): void {
  const lineStart = report.text.lastIndexOf('\n', range.start - 1) + 1;
  const before = report.text.slice(lineStart, range.start);
  if (type === 'tag' && /(^|[\s{,"'])(if|when|while|until|forEach|collect)["']?:\s*$/.test(before)) {
    const message = 'YAML takes a leading "!" for a tag: quote this expression.';
    report.add('unquoted-expression', range, message, 'put the whole expression in quotes');
    return;
  }
  report.add('yaml-feature', range, `${FEATURES[type]} are not part of the definition language.`);
}

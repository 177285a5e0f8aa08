/** Reads a text token by token and refuses what is too large, too deep or outside the language, before anything is built from it. */
import { CST, Lexer } from 'yaml';
import type { DiagnosticCode } from './diagnostic';
import type { Report } from './report';

export const MAX_BYTES = 256 * 1024;
export const MAX_DEPTH = 64;
export const MAX_NODES = 20_000;
export const MAX_ALIASES = 50;

/** Of any sort, line ends and comments included: bounds the parser's work on a text of blanks and brackets. */
const MAX_TOKENS = 150_000;

/** The parser reports each of them. */
const MAX_STRAYS = 100;

type Feature = 'tag' | 'directive-line';
const FEATURES: Readonly<Record<Feature, string>> = { tag: 'Tags', 'directive-line': 'Directives' };

/** The text's tokens when it may be parsed; else `undefined`. Linear in the text's length, and without recursion. */
export function readTokens(report: Report): readonly string[] | undefined {
  const { text } = report;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    report.add(
      'too-large',
      { start: 0, end: 1 },
      `The definition has ${bytes} bytes; at most ${MAX_BYTES} are allowed. Split it into several definitions.`,
    );
    return undefined;
  }
  return countTokens(report);
}

interface Counts {
  tokens: number;
  nodes: number;
  pairs: number;
  aliases: number;
  /** Open brackets and braces. */
  flow: number;
  /** Of the dashes and question marks that open lists and mappings in one line. */
  onLine: number;
  /** Brackets and braces that close nothing. */
  strays: number;
}

function countTokens(report: Report): readonly string[] | undefined {
  const counts: Counts = { tokens: 0, nodes: 0, pairs: 0, aliases: 0, flow: 0, onLine: 0, strays: 0 };
  const tokens: string[] = [];
  let offset = 0;
  let features = false;
  let isScalar = false;
  for (const token of new Lexer().lex(report.text)) {
    const type: string | null = isScalar ? 'scalar-source' : CST.tokenType(token);
    isScalar = type === 'scalar';
    count(counts, type);
    tokens.push(token);
    const excess = excessOf(counts);
    if (excess !== undefined) {
      report.add(excess.code, { start: offset, end: offset + token.length }, excess.message);
      return undefined;
    }
    if (type === 'tag' || type === 'directive-line') {
      features = true;
      reportFeature(report, type, { start: offset, end: offset + token.length });
    }
    // Marks of the lexer's own that do not stand in the text.
    if (type !== 'scalar' && type !== 'doc-mode' && type !== 'flow-error-end') offset += token.length;
  }
  return features ? undefined : tokens;
}

function count(counts: Counts, type: string | null): void {
  counts.tokens++;
  switch (type ?? '') {
    case 'scalar-source':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
    case 'anchor':
      counts.nodes++;
      break;
    case 'map-value-ind':
      counts.pairs++;
      break;
    case 'flow-map-start':
    case 'flow-seq-start':
      counts.nodes++;
      counts.flow++;
      break;
    case 'flow-map-end':
    case 'flow-seq-end':
      if (counts.flow > 0) counts.flow--;
      else counts.strays++;
      break;
    case 'seq-item-ind':
    case 'explicit-key-ind':
      counts.onLine++;
      break;
    case 'newline':
      counts.onLine = 0;
      break;
    case 'alias':
      counts.aliases++;
      break;
    default:
  }
}

interface Excess {
  readonly code: DiagnosticCode;
  readonly message: string;
}

function excessOf({ tokens, nodes, pairs, aliases, flow, onLine, strays }: Counts): Excess | undefined {
  if (flow + onLine > MAX_DEPTH)
    return { code: 'too-deep', message: `Values are nested more than ${MAX_DEPTH} deep here.` };
  if (Math.max(nodes, pairs) > MAX_NODES || tokens > MAX_TOKENS)
    return {
      code: 'too-many-nodes',
      message: `The definition holds more than ${MAX_NODES} values. Split it into several definitions.`,
    };
  if (aliases > MAX_ALIASES)
    return { code: 'too-many-aliases', message: `The definition uses more than ${MAX_ALIASES} aliases.` };
  if (strays > MAX_STRAYS)
    return { code: 'yaml-syntax', message: 'YAML cannot read this: brackets are closed that nothing has opened.' };
  return undefined;
}

/** A condition that begins with `!` looks like a tag to YAML. */
function reportFeature(report: Report, type: Feature, range: { readonly start: number; readonly end: number }): void {
  const before = report.text.slice(Math.max(0, range.start - 40), range.start);
  if (type === 'tag' && /(^|[\s{,"'-])(if|when|while|until|forEach|collect)["']?:\s*$/.test(before)) {
    const message = 'YAML takes a leading "!" for a tag: quote this expression.';
    report.add('unquoted-expression', range, message, 'put the whole expression in quotes');
    return;
  }
  report.add('yaml-feature', range, `${FEATURES[type]} are not part of the definition language.`);
}

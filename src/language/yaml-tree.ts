/** YAML text → tree: strict, limits first, every fault of the text with its position. */
import { Composer, isAlias, isMap, isScalar, isSeq, Parser, Scalar } from 'yaml';
import type { CST, Document, Node } from 'yaml';
import type { Range, Report } from './report';
import type { Entry, Tree } from './tree';
import { reportFaults } from './yaml-faults';
import { MAX_DEPTH, MAX_NODES, readTokens } from './yaml-limits';

/** `undefined` when nothing can be read; a tree together with errors in the report when parts of it can. */
export function parseTree(report: Report): Tree | undefined {
  const tokens = readTokens(report);
  if (tokens === undefined) return undefined;
  const document = compose(report, tokens);
  if (document === undefined) return undefined;
  reportFaults(report, [...document.errors, ...document.warnings]);
  if (report.hasErrors()) return undefined;
  if (document.contents === null) {
    report.add(
      'wrong-shape',
      { start: 0, end: 1 },
      'The definition is empty. Begin with the keys name, version and steps.',
    );
    return undefined;
  }
  return new Expansion(report, document).tree(document.contents, 0);
}

/** The first document; what `parseDocument` does, from tokens that have been read already. */
function compose(report: Report, tokens: readonly string[]): Document.Parsed | undefined {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    prettyErrors: false,
    // Checked here while the tree is built: the library compares every key with every other.
    uniqueKeys: false,
    strict: true,
  });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(syntaxOf(tokens), true, report.text.length)) {
    if (first !== undefined) {
      const [start, end] = document.range;
      report.add('yaml-feature', { start, end }, 'A file holds one definition: a second document begins here.');
      break;
    }
    first = document;
  }
  return first;
}

function syntaxOf(tokens: readonly string[]): readonly CST.Token[] {
  const parser = new Parser();
  const syntax: CST.Token[] = [];
  for (const token of tokens) for (const part of parser.next(token)) syntax.push(part);
  return [...syntax, ...parser.end()];
}

/** Thrown to leave a tree that has outgrown its limits; never leaves this file. */
class TooMuch extends Error {}

/** Follows aliases while it counts what they bring. */
class Expansion {
  #nodes = 0;
  readonly #open = new Set<Node>();

  constructor(
    private readonly report: Report,
    private readonly document: Document.Parsed,
  ) {}

  tree(root: Node, depth: number): Tree | undefined {
    try {
      return this.#node(root, depth);
    } catch (error) {
      if (error instanceof TooMuch) return undefined;
      throw error;
    }
  }

  #node(node: unknown, depth: number): Tree {
    const range = rangeOf(node);
    this.#count(range, depth);
    if (isAlias(node)) return this.#alias(node, range, depth);
    if (isMap(node)) return { kind: 'map', range, entries: this.#entries(node.items, depth) };
    if (isSeq(node)) return { kind: 'list', range, items: node.items.map((item) => this.#node(item, depth + 1)) };
    if (isScalar(node)) return this.#scalar(node, range);
    return { kind: 'scalar', range, value: null, written: '', plain: true, textStart: undefined };
  }

  #count(range: Range, depth: number): void {
    if (++this.#nodes > MAX_NODES) {
      const message = `With its aliases expanded, the definition holds more than ${MAX_NODES} values.`;
      this.report.add('too-many-nodes', range, message);
      throw new TooMuch();
    }
    if (depth > MAX_DEPTH) {
      this.report.add('too-deep', range, `Values are nested more than ${MAX_DEPTH} deep here.`);
      throw new TooMuch();
    }
  }

  #alias(
    node: { readonly source: string; resolve(document: Document): Node | undefined },
    range: Range,
    depth: number,
  ): Tree {
    const target = node.resolve(this.document);
    if (target === undefined || this.#open.has(target)) {
      const message =
        target === undefined
          ? `Nothing bears the anchor &${node.source}.`
          : `The anchor &${node.source} contains itself.`;
      this.report.add('yaml-syntax', range, message);
      throw new TooMuch();
    }
    this.#open.add(target);
    const tree = this.#node(target, depth);
    this.#open.delete(target);
    return tree;
  }

  #entries(pairs: readonly { readonly key: unknown; readonly value: unknown }[], depth: number): Entry[] {
    const seen = new Set<string>();
    const entries: Entry[] = [];
    for (const pair of pairs) {
      const keyRange = rangeOf(pair.key);
      this.#count(keyRange, depth);
      const key = keyText(pair.key, this.report.text);
      if (key === undefined) this.report.add('wrong-shape', keyRange, 'A key is text here; this one is not.');
      else if (key === '<<')
        this.report.add(
          'yaml-feature',
          keyRange,
          'Merge keys are not part of the definition language. Write the keys out.',
        );
      else if (seen.has(key))
        this.report.add('duplicate-key', keyRange, `The key ${key} is written twice in this mapping.`);
      else {
        seen.add(key);
        const value =
          pair.value === null || pair.value === undefined ? emptyAfter(keyRange) : this.#node(pair.value, depth + 1);
        entries.push({ key, keyRange, value });
      }
    }
    return entries;
  }

  #scalar(node: Scalar, range: Range): Tree {
    const { text } = this.report;
    const { value } = node;
    const plain = node.type === Scalar.PLAIN;
    if (typeof value === 'string') return textScalar(text, { range, value, plain, block: isBlock(node) });
    const written = text.slice(range.start, range.end);
    if (typeof value === 'number' && !Number.isFinite(value))
      this.report.add('not-json', range, `${written} is not a number that JSON can hold.`);
    const isValue = typeof value === 'number' || typeof value === 'boolean';
    return {
      kind: 'scalar',
      range,
      plain,
      value: isValue ? value : null,
      written,
      textStart: isValue ? range.start : undefined,
    };
  }
}

interface TextScalar {
  readonly range: Range;
  readonly value: string;
  readonly plain: boolean;
  readonly block: boolean;
}

function textScalar(text: string, { range, value, plain, block }: TextScalar): Tree {
  const start = plain ? range.start : range.start + 1;
  const textStart = !block && text.startsWith(value, start) ? start : undefined;
  return { kind: 'scalar', range: block ? firstLine(text, range) : range, plain, value, written: value, textStart };
}

function isBlock({ type }: Scalar): boolean {
  return type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED;
}

function rangeOf(node: unknown): Range {
  const range = (node as { readonly range?: readonly [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

/** A block scalar is shown by its header; its text begins on the next line. */
function firstLine(text: string, range: Range): Range {
  const end = text.indexOf('\n', range.start);
  return { start: range.start, end: end === -1 ? range.end : end };
}

function emptyAfter(keyRange: Range): Tree {
  return { kind: 'scalar', range: keyRange, value: null, written: '', plain: true, textStart: undefined };
}

function keyText(key: unknown, text: string): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === 'string') return key.value;
  const { start, end } = rangeOf(key);
  return text.slice(start, end);
}

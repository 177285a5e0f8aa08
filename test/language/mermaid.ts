/** Mermaid's own parser: what it reads out of a chart. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

export interface Drawn {
  /** Labels by node. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label: string }[];
  readonly frames: readonly string[];
}

interface Database {
  getVertices(): Map<string, { text: string }>;
  getEdges(): { start: string; end: string; text: string }[];
  getSubGraphs(): { title: string }[];
}

interface Mermaid {
  parse(text: string): Promise<unknown>;
  mermaidAPI: { getDiagramFromText(text: string): Promise<{ db: Database }> };
}

let loaded: Mermaid | undefined;

/**
 * The package is a script for pages. Its parser asks a page for one thing, cleaning labels of scripts, which is passed over here: in
 * a document that cannot make others the cleaner gives every label back as it is.
 */
function load(): Mermaid {
  const page: Record<string, unknown> = {
    structuredClone,
    URL,
    setTimeout,
    clearTimeout,
    console,
    addEventListener() {},
  };
  page['Element'] = class {};
  page['document'] = { nodeType: 9, createElement: () => ({}), addEventListener() {} };
  page['window'] = page;
  createContext(page);
  runInContext(readFileSync(require.resolve('@mermaid-js/tiny'), 'utf8'), page);
  return page['mermaid'] as Mermaid;
}

/** Throws where the text is no chart. */
export async function drawn(text: string): Promise<Drawn> {
  loaded ??= load();
  await loaded.parse(text);
  const { db } = await loaded.mermaidAPI.getDiagramFromText(text);
  return {
    nodes: Object.fromEntries([...db.getVertices()].map(([id, { text: label }]) => [id, plain(label)])),
    edges: db.getEdges().map(({ start, end, text: label }) => ({ from: start, to: end, label: plain(label) })),
    frames: db.getSubGraphs().map(({ title }) => plain(title)),
  };
}

/** The parser holds `#34;` as `ﬂ°°34¶ß` until it draws. */
function plain(label: string): string {
  return label.replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCharCode(Number(code))).replaceAll('<br/>', '\n');
}

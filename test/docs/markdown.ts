/** Reading Markdown for tests: its fences, links and headings, and what it says about files. */

export interface Fence {
  /** `yaml`, `ts`, …: the first word after the backticks. */
  readonly language: string;
  /** What stands after it: `steps`, `fragment`. */
  readonly form: string;
  readonly text: string;
  /** File of `<!-- from: path -->` right before it. */
  readonly from?: string;
}

const FENCE = /^(?:<!-- from: (\S+) -->\n\n)?(`{3,})(\w*)[ \t]*([^\n]*)\n([\s\S]*?)^\2[ \t]*$/gm;

export function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(FENCE)].map(([, from, , language = '', form = '', text = '']) => ({
    language,
    form,
    text,
    ...(from === undefined ? {} : { from }),
  }));
}

/** The text without its fences, in which brackets are code. */
export function proseOf(markdown: string): string {
  return markdown.replace(FENCE, '');
}

/** Targets of `[…](target)` and `[…]: target`, outside fences and inline code. */
export function linksOf(markdown: string): readonly string[] {
  const prose = proseOf(markdown).replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, target = '']) => target);
  const named = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].map(([, target = '']) => target);
  return [...inline, ...named];
}

/** Anchors of headings, as GitHub makes them. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\p{Mark}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Paths in inline code that begin with one of the folders. */
export function pathsOf(markdown: string, folders: readonly string[]): readonly string[] {
  const spans = [...proseOf(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return spans
    .flatMap((span) => span.split(/[\s,=]+/))
    .map((word) => word.replace(/^@|[:;]$/g, ''))
    .filter((word) => folders.some((folder) => word === folder || word.startsWith(`${folder}/`)))
    .filter((word) => /^[\w./{}<>*-]+$/.test(word));
}

/** Commands of `console`, `bash` and `sh` fences without their prompt, and of inline code. */
export function commandsOf(markdown: string): readonly string[] {
  const shells = fencesOf(markdown).filter(({ language }) => ['console', 'bash', 'sh', ''].includes(language));
  const lines = shells.flatMap(({ language, text }) =>
    text
      .split('\n')
      .filter((line) => language !== 'console' || line.startsWith('$ '))
      .map((line) => line.replace(/^\$ /, '')),
  );
  const spans = [...proseOf(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...lines, ...spans];
}

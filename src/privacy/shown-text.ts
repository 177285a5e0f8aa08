/** A text that many may read, such as an error or a line of the log: `[email]`, `[card]`, `[hidden]` in the place of what is found in it. */
import { detect } from './detect';

/** Of this machine and its network: they say where a server was looked for. */
const NEAR = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0$|::1$|f[cde][0-9a-f]{2}:)/i;

/** Found by words alone, so that the name of a model or a product may be taken for one. */
const BY_WORDS: ReadonlySet<string> = new Set(['name', 'address']);

export function shownText(text: string, { names = true }: { readonly names?: boolean } = {}): string {
  let shown = '';
  let at = 0;
  for (const { kind, start, end } of detect(text)) {
    if ((kind === 'ip' && NEAR.test(text.slice(start, end))) || (!names && BY_WORDS.has(kind))) continue;
    shown += `${text.slice(at, start)}[${kind === 'key' ? 'hidden' : kind}]`;
    at = end;
  }
  return shown + text.slice(at);
}

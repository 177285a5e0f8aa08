/** Where the reader is: the part of the address behind `#`, which names a view and its filters, so that a copied address shows the same. */

export interface Place {
  /** `['executions', '<id>']`; empty at the beginning. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Of `#/executions?status=failed`. What cannot be decoded stands as it is. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The address of a place; members that are empty are left out. */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const words = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${words === '' ? '' : `?${words}`}`;
}

/** Only a place of this site, so that nobody is sent elsewhere after signing in. */
export function ownAddress(wanted: string | undefined, origin: string, otherwise: string): string {
  if (wanted === undefined || !URL.canParse(wanted, origin)) return otherwise;
  const address = new URL(wanted, origin);
  return address.origin === origin ? address.pathname + address.search + address.hash : otherwise;
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

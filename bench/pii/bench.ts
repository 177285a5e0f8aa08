/** How much of each kind of personal data is found, and how often something else is taken for it. */
import path from 'node:path';
import { detect } from '../../src/privacy/detect';
import type { Finding } from '../../src/privacy/finding';
import type { Bench } from '../figure';
import { readCorpus } from './corpus';

const KINDS = ['card', 'iban', 'national-id', 'email', 'ip', 'phone', 'name', 'address'];
/** Parts of an address that stand alone are one too. */
const ALSO: Readonly<Record<string, readonly string[]>> = { address: ['address', 'place'] };

const overlaps = (a: Finding, b: Finding): boolean => a.start < b.end && b.start < a.end;
const covers = (findings: readonly Finding[], { start, end }: Finding): boolean =>
  findings.some((one) => one.start <= start && one.end >= end);

export const piiBench: Bench = (report) => {
  const read = readCorpus(path.join(process.cwd(), '.cache/pii')).map((one) => ({ ...one, found: detect(one.text) }));
  for (const kind of KINDS) {
    const wanted = read.flatMap(({ spans, found }) =>
      spans.filter((span) => span.kind === kind).map((span) => covers(found, span)),
    );
    const given = read.flatMap(({ spans, found }) =>
      found
        .filter((one) => one.kind === kind)
        .map((one) => spans.some((span) => (ALSO[kind] ?? [kind]).includes(span.kind) && overlaps(span, one))),
    );
    const share = (all: readonly boolean[]): number => Number((all.filter(Boolean).length / all.length).toFixed(4));
    report({ bench: 'pii', figure: `${kind}.recall`, ratio: share(wanted), of: wanted.length });
    report({ bench: 'pii', figure: `${kind}.precision`, ratio: share(given), of: given.length });
  }
  const clean = read.filter(({ spans }) => spans.length === 0);
  const untouched = clean.filter(({ found }) => found.length === 0).length;
  report({
    bench: 'pii',
    figure: 'clean.untouched',
    ratio: Number((untouched / clean.length).toFixed(4)),
    of: clean.length,
  });
  return Promise.resolve();
};

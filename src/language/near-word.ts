/** Finds the word that someone most likely meant. */

/** The nearest of the words, when it is near enough to be meant; `undefined` otherwise. */
export function nearWord(word: string, words: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of words) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best ?? longer(wanted, words);
}

/** `bool` for `boolean`, `desc` for `description`: one is the beginning of the other. */
function longer(wanted: string, words: Iterable<string>): string | undefined {
  if (wanted.length < 3) return undefined;
  for (const candidate of words) {
    const lower = candidate.toLowerCase();
    if (lower !== wanted && (lower.startsWith(wanted) || (lower.length > 2 && wanted.startsWith(lower))))
      return candidate;
  }
  return undefined;
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other; `limit` and above are not told apart. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= limit) return limit;
    [before, previous] = [previous, row];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** The filters of the list of traces: in the address, and in what the API is asked. */

export const STATUSES = ['success', 'error', 'running'] as const;

const NAMES = ['operationName', 'status', 'workflow', 'executionId', 'minDuration', 'cursor'] as const;

export type TraceWords = Partial<Record<(typeof NAMES)[number], string>>;

/** Words that no filter has, and values that none takes, are passed over: an address may come from anywhere. */
export function wordsOf(query: Readonly<Record<string, string | undefined>>): TraceWords {
  const given = NAMES.flatMap((name) => {
    const word = query[name]?.trim() ?? '';
    return word === '' || !fits(name, word) ? [] : [[name, word] as const];
  });
  return Object.fromEntries(given);
}

function fits(name: (typeof NAMES)[number], word: string): boolean {
  if (name === 'status') return STATUSES.some((one) => one === word);
  return name !== 'minDuration' || (Number.isFinite(Number(word)) && Number(word) >= 0);
}

export function tracesPath(words: TraceWords): string {
  return `/monitoring/traces?${new URLSearchParams({ limit: '50', ...words }).toString()}`;
}

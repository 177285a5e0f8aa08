/** How long the far side asks us to wait: every spelling of it, read with suspicion. */

/** Nothing parks a call longer than this; what asks for more is answered by the next provider of the chain. */
export const LONGEST_WAIT_MS = 60 * 60 * 1000;

/**
 * Milliseconds to wait before the next attempt, or undefined when nothing usable was said.
 * Reads `retry-after-ms` (milliseconds) first, then `Retry-After` in seconds or as an HTTP date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). A date that is past means now. More than an hour counts as an hour;
 * negative numbers and nonsense count as nothing said.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const exact = number(headers.get('retry-after-ms'));
  if (exact !== undefined) return capped(exact);
  const text = headers.get('retry-after');
  const seconds = number(text);
  if (seconds !== undefined) return capped(seconds * 1000);
  // A date begins with the name of its day; anything else would let Date.parse guess.
  if (text === null || !/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : capped(Math.max(0, at - nowMs));
}

function number(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function capped(ms: number): number {
  return Math.min(Math.ceil(ms), LONGEST_WAIT_MS);
}

/** The `Prefer` header (RFC 7240): how long a client would wait for the outcome. */

/** The longest wait that a request may ask for, in seconds; afterwards it is answered 202. */
export const MAX_WAIT_SECONDS = 60;

/**
 * Seconds of `wait=<seconds>`, at most `MAX_WAIT_SECONDS`; undefined without one. The first of several counts, and
 * what is not understood is passed over, as https://www.rfc-editor.org/rfc/rfc7240#section-2 asks.
 */
export function waitSeconds(prefer: string | string[] | undefined): number | undefined {
  const header = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '');
  for (const preference of header.split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference);
    if (match !== null) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return undefined;
}

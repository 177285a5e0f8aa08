/** How an alert goes from one state to the next: a pure function of how it stood, what was read, and the time. */

/** `resolved`: it fired once, and does not any more. */
export const ALERT_STATES = ['ok', 'pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Times in milliseconds since 1970. */
export interface Standing {
  readonly state: AlertState;
  readonly sinceMs: number;
  /** When it was looked at last. */
  readonly seenMs: number;
  /** For how long what will change the state was seen: the condition holding while pending, not holding while firing. */
  readonly heldMs?: number;
  /** For how long there was nothing to read. */
  readonly missingMs: number;
}

export interface StandingTerms {
  /** For how long the condition must have been seen to hold; 0: at once. */
  readonly holdMs: number;
  /** For how long nothing to read is borne. */
  readonly patienceMs: number;
}

/** How long a condition must have been seen not to hold before what fires is resolved: one that flutters pages once. */
export const CLEAR_MS = 60_000;
/** More than this is not counted between two looks: nobody has seen what was in between. */
export const LONGEST_STEP_MS = 90_000;

/** `holds`: undefined when there was nothing to read, which neither speaks for the condition nor against it. */
export function nextStanding(
  before: Standing | undefined,
  { holds, nowMs }: { readonly holds: boolean | undefined; readonly nowMs: number },
  { holdMs, patienceMs }: StandingTerms,
): Standing {
  const step = Math.min(Math.max(0, nowMs - (before?.seenMs ?? nowMs)), LONGEST_STEP_MS);
  const missingMs = holds === undefined ? (before?.missingMs ?? 0) + step : 0;
  const stay = { ...(before ?? { state: 'ok', sinceMs: nowMs }), seenMs: nowMs, missingMs };
  const become = (state: AlertState, heldMs?: number): Standing => ({
    ...{ state, sinceMs: nowMs, seenMs: nowMs, missingMs: 0 },
    ...(heldMs !== undefined && { heldMs }),
  });
  const silentFor = missingMs >= Math.max(CLEAR_MS, patienceMs);
  if (stay.state === 'pending') {
    if (holds === false || silentFor) return become('ok');
    // Time in which there was nothing to read was not seen to hold.
    const heldMs = (before?.heldMs ?? 0) + (holds === true && before?.missingMs === 0 ? step : 0);
    return heldMs >= holdMs ? become('firing') : { ...stay, state: 'pending', heldMs };
  }
  if (stay.state === 'firing') {
    const { heldMs, ...rest } = { ...stay, heldMs: before?.heldMs };
    if (holds === true) return rest;
    if (silentFor) return become('resolved');
    if (holds === undefined) return { ...stay };
    const clearMs = heldMs === undefined ? 0 : heldMs + step;
    return clearMs >= CLEAR_MS ? become('resolved') : { ...rest, heldMs: clearMs };
  }
  if (holds !== true) return stay;
  return holdMs === 0 ? become('firing') : become('pending', 0);
}

/** One answer of `omni doctor`. */

export interface Finding {
  readonly name: string;
  /** `ok`; `note`: works, but something is not there; `wrong`: has to be mended. */
  readonly status: 'ok' | 'note' | 'wrong';
  readonly detail: string;
  /** What to do about it. */
  readonly next?: string;
}

export type Answer = Omit<Finding, 'name'>;
export const ok = (detail: string): Answer => ({ status: 'ok', detail });
export const note = (detail: string, next: string): Answer => ({ status: 'note', detail, next });
export const wrong = (detail: string, next: string): Answer => ({ status: 'wrong', detail, next });

export function messageOf(error: unknown): string {
  // pg joins the failures of all addresses in one error that has no text of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

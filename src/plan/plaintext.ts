/** What the sandbox tells of values that came unencrypted, or that could not be opened. */

export interface PlaintextSeen {
  readonly kind: 'start' | 'signal';
  readonly accepted: boolean;
}

/** As the SDK's sinks (https://docs.temporal.io/develop/typescript/observability): told at the end of a workflow task, and not again in replays. */
export type PlaintextSinks = Readonly<Record<'plaintext', { readonly seen: (seen: PlaintextSeen) => void }>>;

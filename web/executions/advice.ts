/** What somebody can do about a failure, by its type; the detail of a problem says what is special about this one. */

const ADVICE: Readonly<Record<string, string>> = {
  validation: 'What was sent does not fit. Mend the payload or the definition, then start it again.',
  authentication:
    'The vendor did not accept the key. Set the right one where the workers run, then rerun from this step.',
  authorization: 'The key lacks a right at the vendor. Grant it, then rerun from this step.',
  'not-found': 'The far side does not know what was asked for. Check names and ids in the input of the step.',
  'too-large': 'A value is larger than what may travel. Send less, or send it as a reference.',
  'rate-limited': 'The vendor asks for fewer calls. Wait, or raise the limit there, then rerun from this step.',
  timeout: 'It took longer than it may. Rerun from this step, or give it more time in the definition.',
  'provider-unavailable': 'The vendor did not answer. See Providers, and rerun from this step when it is healthy.',
  'tool-error': 'The vendor answered with an error. Its words are above; rerun from this step once it is mended.',
  'outcome-unknown':
    'Nobody knows whether the call took effect. Look at the vendor’s side first; then rerun, naming this step, if it may be done again.',
  expression:
    'An expression of the definition could not be computed. Mend it, publish a higher version, and start anew.',
  'budget-exceeded':
    'The budget of the definition is spent. Raise guards.budget, or rerun: a rerun has a budget of its own.',
  policy: 'A rule refused it. The detail names the rule; change it or what was asked.',
  'no-agent': 'No agent could take the task. Start one of this type, then rerun from this step.',
  cancelled: 'Somebody cancelled it, or the time was up. It can be run again.',
  internal: 'Something of the platform failed. The log has more under the id of the execution.',
};

/** `app/…` is the definition's own word. */
export function adviceFor(type: string): string {
  return (
    ADVICE[type] ??
    (type.startsWith('app/')
      ? 'The definition itself ends here, by its fail step. What it says is above.'
      : 'See the detail above. Rerun from this step once the cause is gone.')
  );
}

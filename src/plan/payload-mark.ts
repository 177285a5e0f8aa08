/** What the codec of a worker writes into the metadata of a payload for those who read its value. */

/** Nobody encrypted it for this execution. Its value: milliseconds since 1970; executions that began before may hold plaintext. */
export const PLAIN_MARK = 'omni-plain';

/** It could not be opened; its data is the problem, as JSON. */
export const UNOPENED_MARK = 'omni-unopened';

/** Why an execution was terminated whose values nobody can open any more. */
export const KEY_WITHDRAWN_REASON = 'A key that its values are encrypted with was withdrawn.';

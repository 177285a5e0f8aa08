/** What goes wrong inside an evaluation; `evaluate` turns it into an `OmniError` of type `expression`. */

/** Its message names kinds and places of the source, never values: they may be personal data. */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault';
}

export function fail(message: string): never {
  throw new EvaluationFault(message);
}

/** The form of a faulty definition, and short ways to write one. */
import { withSteps } from './registry';

export interface FaultyDefinition {
  readonly what: string;
  readonly text: string;
  /** `code@line`, or `code@line:text` with the text that is underlined; of errors and warnings, all of them. */
  readonly found: readonly string[];
}

export const faulty = (what: string, text: string, ...found: readonly string[]): FaultyDefinition => ({
  what,
  text,
  found,
});
/** Steps from line 4 on. */
export const steps = (what: string, text: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(what, withSteps(text), ...found);
/** The same with a budget behind them, for steps that cost money. */
export const paid = (what: string, text: string, ...found: readonly string[]): FaultyDefinition =>
  steps(what, `${text}guards: { budget: { maxMs: 1000 } }\n`, ...found);
/** One step in line 4 and the payload of the definition in front of it. */
export const payload = (what: string, types: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(
    what,
    `name: T\nversion: 1.0.0\ntrigger: { payload: ${types} }\nsteps: [ { name: s, set: { a: 1 } } ]\n`,
    ...found,
  );

export const SCORE = '  - { name: score, tool: risk.score, provider: local, input: { text: a } }\n';

/** Results for people at a terminal. */
import type { Json } from '../plan/json';
import type { Difference } from './difference';
import type { ScenarioResult } from './result';

export type Paint = (style: 'red' | 'green' | 'dim' | 'bold', text: string) => string;

/** `12 ms, 14.0 s virtual`: how long it took, where, and how long it would have. */
export function timesText({ duration, virtualDuration, engine }: ScenarioResult): string {
  const where = engine === 'temporal' ? ' on Temporal' : '';
  return `${Math.round(duration)} ms${where}, ${span(virtualDuration)} virtual`;
}

/** `✔ name  12 ms, 14.0 s virtual`, and below it what differs. */
export function resultText(result: ScenarioResult, paint: Paint): string {
  const { name, passed, differences, error, filled, madeUp } = result;
  const mark = passed ? paint('green', '✔') : paint('red', '✘');
  const times = paint('dim', timesText(result));
  const notes = passed ? [] : [...differences.flatMap((one) => differenceLines(one, paint))];
  if (error !== undefined) notes.push(paint('red', `${error.type}: ${error.detail}`));
  if (filled.length > 0) notes.push(paint('dim', `filled in the payload: ${filled.join(', ')}`));
  if (madeUp.length > 0) notes.push(...madeUp.map((what) => paint('dim', `made up by type: ${what}`)));
  return [`${mark} ${name}  ${times}`, ...notes.map((note) => `    ${note}`)].join('\n');
}

function differenceLines({ path, expected, got, note }: Difference, paint: Paint): readonly string[] {
  return [
    paint('bold', path),
    ...(expected === undefined ? [] : [`  expected  ${paint('green', shown(expected))}`]),
    ...(expected === undefined && got === undefined
      ? []
      : [`  got       ${paint('red', got === undefined ? 'nothing' : shown(got))}`]),
    ...(note === undefined ? [] : [`  ${note}`]),
  ];
}

const LONGEST = 400;

export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** `1.5 s`, `24 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 6_000) / 10} min` : `${Math.round(ms / 360_000) / 10} h`;
}

/** `matches`: RE2 syntax in linear time (https://github.com/google/re2/wiki/Syntax), by re2js. */
import { RE2JS } from 're2js';
import { EvaluationFault, fail } from './fault';
import type { Run } from './run';

const MAX_PATTERN_LENGTH = 1_000;
/** Instructions of the compiled pattern, estimated; `x{1000}` counts a thousand. */
const MAX_PATTERN_SIZE = 10_000;
/** For one instruction. */
const COMPILE_STEPS = 32;
const MAX_CACHED = 100;

interface Pattern {
  readonly engine: RE2JS;
  readonly size: number;
}

const cache = new Map<string, Pattern>();

/** Whether the pattern occurs anywhere in the text. */
export function matches(text: string, pattern: string, run: Run): boolean {
  const { engine, size } = compiled(pattern, run);
  // The worst case is text length × pattern size.
  run.meter.step(1 + Math.ceil((text.length * (size + 8)) / 16));
  return engine.matcher(text).find();
}

/** The same outside of an evaluation, for patterns that were checked when the definition was compiled. */
export function matchesPattern(text: string, pattern: string): boolean {
  return compiled(pattern).engine.matcher(text).find();
}

/** Instructions of the compiled pattern, estimated: what making it costs, in microseconds. */
export function patternSize(pattern: string): number {
  return estimate(pattern);
}

/** What is wrong with a pattern, or undefined. Quotes the part that is wrong. */
export function patternFault(pattern: string): string | undefined {
  try {
    compiled(pattern);
    return undefined;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : String(cause);
  }
}

function compiled(pattern: string, run?: Run): Pattern {
  const size = sizeOf(pattern);
  run?.make(`pattern ${pattern}`, size * COMPILE_STEPS);
  const known = cache.get(pattern);
  if (known) return known;
  const made = { engine: compile(pattern), size };
  const [oldest] = cache.keys();
  if (cache.size >= MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  cache.set(pattern, made);
  return made;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    // What re2js quotes may come from data.
    const reason =
      cause instanceof Error
        ? cause.message.replace(/^error parsing regexp: /, '').replace(/:? *`[^]*$/, '')
        : 'unreadable';
    throw new EvaluationFault(`the pattern of matches() is no RE2 pattern: ${reason}`, { cause });
  }
}

/** Refuses patterns that are too large before anything is built. */
function sizeOf(pattern: string): number {
  if (pattern.length > MAX_PATTERN_LENGTH)
    fail(`the pattern of matches() is longer than ${MAX_PATTERN_LENGTH} characters`);
  const size = cache.get(pattern)?.size ?? estimate(pattern);
  return size <= MAX_PATTERN_SIZE ? size : fail('the pattern of matches() repeats too much');
}

/** Walks the pattern once: atoms count one, a repetition multiplies the atom or group before it. */
function estimate(pattern: string): number {
  const groups: number[] = [];
  let total = 0;
  let last = 0;
  const token = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[\s\S]/g;
  for (const [found, from, to] of pattern.matchAll(token)) {
    if (found === '(') {
      groups.push(total);
      total = 0;
      last = 0;
    } else if (found === ')') {
      last = total + 2;
      total = (groups.pop() ?? 0) + last;
    } else if (from !== undefined) {
      const times = Math.max(Number(from), Number(to ?? 0), 1);
      total += last * (times - 1);
      last *= times;
    } else {
      last = 1;
      total += 1;
    }
  }
  return groups.reduce((sum, group) => sum + group, total);
}

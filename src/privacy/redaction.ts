/** Replaces personal data by placeholders, and turns placeholders back. */
import { createHmac } from 'node:crypto';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import { detect, isBytes, KIND_ORDER } from './detect';
import type { Finding } from './finding';
import { united } from './finding';
import type { KnownValue } from './known';
import { findKnown } from './known';

export interface Redaction {
  /** Plain data with placeholders in it: in every text, also in the names of members, and for numbers that are personal. */
  away(value: Json): Json;
  /** The same of values that are known, and of nothing that only looks personal: for settings, where a voice may be called Rachel. */
  knownAway(value: Json): Json;
  /** Inverse of both, also for texts that a model has put the placeholders into. */
  back(value: Json): Json;
  /** Kinds of what stands in it in clear, found or known. */
  left(value: Json): readonly string[];
  /** Of a text that is still being written: what may be half a placeholder is held back. */
  backSoFar(text: string): string;
}

export interface RedactionParts {
  /** Secret of the installation: without it nobody finds a value by trying. */
  readonly key: Uint8Array;
  /** Within it equal values get equal placeholders: an execution, with its reruns. */
  readonly scope: string;
  readonly known: readonly KnownValue[];
}

/** Neither vowels nor what looks alike: no words, and a model copies them well. */
const SIGNS = 'BCDFGHJKMNPQRTVWXZ2346789';
const TAG_LENGTH = 6;
/** What is read in about a second during which nothing else is done: well below the time that a call may be silent for. */
const MAX_READ = 4_000_000;
/** What stood for a letter before and is free now may be found in the next pass. */
const PASSES = 4;
const BETWEEN = new RegExp(`(\\[[A-Z_]{1,33}_[${SIGNS}]{${TAG_LENGTH},32}\\])|[^[]+|\\[`, 'g');
/** As a model may give it back: in other letters, with another word, its brackets escaped. */
const PLACEHOLDER = new RegExp(
  ['\\[NAME\\]', '\\\\\\[NAME\\\\\\]'].join('|').replaceAll('NAME', `[\\p{L}\\p{M}_ -]{1,40}_([${SIGNS}]{6,32})`),
  'giu',
);
const WHOLE = new RegExp(`^(?:${PLACEHOLDER.source})$`, 'iu');
const HALF = /\\?\[[\p{L}\p{M}\p{N}_ -]{0,72}\\?$/u;

export function createRedaction({ key, scope, known }: RedactionParts): Redaction {
  const values = new Map<string, string | number>();
  const tags = new Map<string, string>();
  const taken = new Set<string>();
  const findIt = findKnown(known);
  const numbers = new Map(known.map(({ kind, text }) => [text, kind]));

  const placeholder = (kind: string, value: string | number): string => {
    const id = `${typeof value}\0${kind}\0${value}`;
    const label = labelOf(kind);
    let tag = tags.get(id);
    if (tag === undefined) {
      const signs = signsOf(createHmac('sha256', key).update(`${scope}\0${id}`).digest());
      let length = TAG_LENGTH;
      while (values.has(signs.slice(0, length)) || taken.has(signs.slice(0, length))) length += 1;
      tag = signs.slice(0, length);
      tags.set(id, tag);
      values.set(tag, value);
    }
    return `[${label}_${tag}]`;
  };
  const once = (text: string, find: (text: string) => readonly Finding[]): string => {
    let next = '';
    let at = 0;
    for (const { kind, start, end } of find(text)) {
      next += text.slice(at, start) + placeholder(kind, text.slice(start, end));
      at = end;
    }
    return next + text.slice(at);
  };
  const replaced = (text: string, find: (text: string) => readonly Finding[]): string => {
    let now = once(text, find);
    for (let pass = 1; pass < PASSES && now.includes('['); pass += 1) {
      // Between placeholders: none is taken apart.
      const next = now.replace(BETWEEN, (clear, made: string | undefined) =>
        made === undefined ? once(clear, find) : clear,
      );
      if (next === now) break;
      now = next;
    }
    return now;
  };
  let read = 0;
  const detected = (text: string): string => {
    read += isBytes(text) ? 0 : text.length;
    if (read > MAX_READ)
      throw new OmniError(
        'too-large',
        `More than ${MAX_READ} characters would have to be read for personal data before they leave. Send less at a time, or use local.`,
      );
    return replaced(text, (now) => detect(now, findIt(now)));
  };
  const merely = (text: string): string => replaced(text, (now) => united(findIt(now), KIND_ORDER));
  const kindOf = (value: number): string | undefined => numbers.get(String(value)) ?? numberKind(value);
  const number = (value: number): Json => {
    const kind = kindOf(value);
    return kind === undefined ? value : placeholder(kind, value);
  };
  const back = (text: string): string =>
    text.replace(PLACEHOLDER, (found, plain?: string, escaped?: string) =>
      String(values.get((plain ?? escaped ?? '').toUpperCase()) ?? found),
    );
  const backWhole = (text: string): Json => {
    const [, plain = '', escaped = plain] = WHOLE.exec(text) ?? [];
    const value = values.get(escaped.toUpperCase());
    return typeof value === 'number' ? value : back(text);
  };
  const left = (value: Json): readonly string[] => {
    const kinds = new Set<string>();
    const look = (text: string): string =>
      text.replace(BETWEEN, (clear, made: string | undefined) => {
        if (made === undefined) for (const { kind } of detect(clear, findIt(clear))) kinds.add(kind);
        return clear;
      });
    const see = (one: number): number => {
      const kind = kindOf(one);
      if (kind !== undefined) kinds.add(kind);
      return one;
    };
    mapped(value, { text: look, number: see });
    return [...kinds];
  };
  return {
    left,
    away(value) {
      note(value, taken);
      return mapped(value, { text: detected, number });
    },
    knownAway(value) {
      note(value, taken);
      return mapped(value, {
        text: merely,
        number: (one) => (numbers.has(String(one)) && isLong(one) ? number(one) : one),
      });
    },
    back: (value) => mapped(value, { text: back, whole: backWhole }),
    backSoFar: (text) => back(text.replace(HALF, '')),
  };
}

/** What stands in the data already and looks like a placeholder must not be turned back. */
function note(value: Json, taken: Set<string>): void {
  const text = (given: string): string => {
    for (const [, plain = '', escaped = plain] of given.matchAll(PLACEHOLDER)) taken.add(escaped.toUpperCase());
    return given;
  };
  mapped(value, { text });
}

interface Mapping {
  readonly text: (text: string) => string;
  /** Of a text that is a value, and not the name of a member; absent: `text`. */
  readonly whole?: (text: string) => Json;
  readonly number?: (value: number) => Json;
}

function mapped(value: Json, mapping: Mapping): Json {
  const { text, whole = text, number } = mapping;
  if (typeof value === 'string') return whole(value);
  if (typeof value === 'number') return number === undefined ? value : number(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapped(item, mapping));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [text(name), mapped(field, mapping)]));
}

/** A card's or a person's number may come as a number. */
function numberKind(value: number): string | undefined {
  if (!Number.isSafeInteger(value) || !isLong(value)) return undefined;
  const [found] = detect(String(value));
  return found?.kind;
}

function isLong(value: number): boolean {
  return Math.abs(value) >= 1e10;
}

/** `date of birth` → `DATE_OF_BIRTH`. */
function labelOf(kind: string): string {
  const label = kind
    .toUpperCase()
    .replace(/[^A-Z]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return label === '' ? 'DATA' : label.slice(0, 32);
}

function signsOf(digest: Uint8Array): string {
  return [...digest].map((byte) => SIGNS[byte % SIGNS.length]).join('');
}

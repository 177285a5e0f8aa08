/** An execution's output for people: JSON in which long texts (audio in base64, mostly) are cut and say how long they are. */
import type { Json } from '../plan/json';
import { isObject } from '../plan/json';

const LONGEST = 300;
const KEPT = 40;

export function outputText(output: Json): string {
  return JSON.stringify(shorten(output), null, 2);
}

function shorten(value: Json): Json {
  if (typeof value === 'string')
    return value.length > LONGEST ? `${value.slice(0, KEPT)}… (${value.length} characters; --json prints all)` : value;
  if (Array.isArray(value)) return value.map(shorten);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shorten(field)]));
  return value;
}

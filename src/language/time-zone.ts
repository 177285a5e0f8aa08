/** Names of time zones, as the IANA database has them (https://www.iana.org/time-zones). */
import { nearWord } from './near-word';

/** Undefined when there is such a time zone; else the nearest name, where one is near. */
export function timeZoneFault(name: string): { readonly near: string | undefined } | undefined {
  const known = zones();
  if (known.includes(name) || isLink(name, known)) return undefined;
  const alike = known.find((zone) => zone.toLowerCase() === name.toLowerCase());
  return { near: alike ?? nearWord(name, known) };
}

/** Another name of a zone, such as Asia/Kolkata. Temporal's server tells capitals apart, which the runtime does not. */
function isLink(name: string, known: readonly string[]): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name)) return false;
  if (known.some((zone) => zone.toLowerCase() === name.toLowerCase())) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

let all: readonly string[] | undefined;

function zones(): readonly string[] {
  return (all ??= ['UTC', ...Intl.supportedValuesOf('timeZone')]);
}

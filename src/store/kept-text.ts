/** Which values PostgreSQL can keep as they are. */

/** It keeps no text with a NUL, nor with half of a surrogate pair. */
export function isKept(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]) => isKept(key) && isKept(member));
}

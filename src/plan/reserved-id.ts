/** Ids that no definition can have, because an id becomes a workflow type and a key of objects. */

const PATTERN = /^[a-z][a-z0-9-]*$/;
const RESERVED: ReadonlySet<string> = new Set(['default', 'constructor', 'prototype']);

/** True for anything that cannot be a definition's id. */
export function isReservedId(id: string): boolean {
  return !PATTERN.test(id) || RESERVED.has(id) || id in Object.prototype;
}

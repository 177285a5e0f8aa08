/** Which names definitions, steps, fields and variables may bear. */
import type { Range, Report } from './report';

/** Names that every JavaScript object has, or that its modules and promises give a meaning. */
const OBJECT_NAMES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
  'then',
]);

/** Beside these, an id may not be what a module or our own workflows are called. */
const RESERVED_IDS: ReadonlySet<string> = new Set([
  'default',
  'exports',
  'module',
  'null',
  'undefined',
  'agt',
  'inbox',
  'omni',
  'temporal',
  'tool-call',
]);

/** What the step is called that undoes another. */
export const COMPENSATION = 'compensate';

const MAX_NAME_LENGTH = 100;

/** An id is the workflow type: `[a-z][a-z0-9-]*`. */
export function checkId(report: Report, id: string, range: Range): boolean {
  if (RESERVED_IDS.has(id) || isObjectName(id)) {
    report.add(
      'reserved-id',
      range,
      `The id ${id} is reserved: JavaScript or the platform uses this name. Choose another.`,
    );
    return false;
  }
  if (/^[a-z][a-z0-9-]*$/.test(id) && id.length <= MAX_NAME_LENGTH) return true;
  const near = slug(id);
  const message = `An id is a small letter followed by small letters, digits and hyphens, ${MAX_NAME_LENGTH} at most; this is "${id}".`;
  report.add('invalid-id', range, message, near === '' ? undefined : near);
  return false;
}

/** A step, a branch, what a model calls a tool: `[a-z][a-z0-9_]*`; variables and fields may also hold capital letters. */
export function checkName(
  report: Report,
  name: string,
  range: Range,
  what: 'step' | 'branch' | 'tool' | 'variable' | 'field' | 'type',
): boolean {
  if (isObjectName(name)) {
    report.add(
      'reserved-name',
      range,
      `A ${what} cannot be called ${name}: every JavaScript object has that name. Choose another.`,
    );
    return false;
  }
  if (name === COMPENSATION && (what === 'step' || what === 'branch')) {
    report.add('reserved-name', range, `A ${what} cannot be called ${name}: records call compensations so.`);
    return false;
  }
  const small = what === 'step' || what === 'branch' || what === 'tool';
  const pattern = small ? /^[a-z][a-z0-9_]*$/ : /^[A-Za-z_][A-Za-z0-9_]*$/;
  if (pattern.test(name) && name.length <= MAX_NAME_LENGTH) return true;
  const rule = small
    ? 'a small letter followed by small letters, digits and underscores'
    : 'a letter followed by letters, digits and underscores';
  const near = small ? slug(name).replaceAll('-', '_') : name.replace(/[^A-Za-z0-9_]+/g, '_');
  const message = `The name of a ${what} is ${rule}, ${MAX_NAME_LENGTH} at most; this is "${name}".`;
  report.add('invalid-name', range, message, pattern.test(near) ? near : undefined);
  return false;
}

export function isObjectName(name: string): boolean {
  return OBJECT_NAMES.has(name);
}

/** `Refund desk` → `refund-desk`. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, MAX_NAME_LENGTH);
}

/** What may stand in a log: texts without secrets of this process and without personal data, errors without what strangers put into them. */
import { VARIABLES } from '../config/variables';
import { type Environment } from '../config';
import { shownText } from '../privacy/shown-text';
import { OmniError } from '../plan/problem';

export type Clean = (text: string) => string;

/** Names of variables that hold secrets, whoever reads them. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|DSN)$/;
/** Shorter ones stand in too many words by chance. */
const LEAST = 6;
/** No error that helps is longer. */
const MAX_TEXT = 8_192;
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
/** The values of secret variables, also the password inside of an address and the texts inside of JSON. */
export function secretsIn(variables: Environment): readonly string[] {
  const known = new Set(VARIABLES.filter(({ secret }) => secret === true).map(({ name }) => name));
  const values = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined || !(known.has(name) || SECRET_NAME.test(name)) ? [] : partsOf(value),
  );
  // The longest first: one may be the beginning of another.
  return [...new Set(values)].filter(({ length }) => length >= LEAST).sort((a, b) => b.length - a.length);
}

function partsOf(value: string): readonly string[] {
  const password = URL.canParse(value) ? new URL(value).password : '';
  const decoded = password.includes('%') ? decodeURIComponent(password) : password;
  const inside = /^\s*[[{]/.test(value) ? [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text) : [];
  return [value, password, decoded, ...inside];
}

/** `[hidden]` for a secret, `[email]`, `[card]` and so on for what is found in it. */
export function createClean(secrets: readonly string[] = []): Clean {
  return (text) => {
    let clean = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text;
    for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[hidden]');
    return shownText(clean);
  };
}

/** Plain data with clean texts. Objects with a life of their own (a request, a socket) are left to whoever logs them. */
export function cleaned(value: unknown, clean: Clean, depth = 0): unknown {
  if (typeof value === 'string') return clean(value);
  if (value instanceof Error) return errorFields(value, clean, depth);
  if (depth > MAX_DEPTH) return typeof value === 'object' && value !== null ? '…' : value;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => cleaned(item, clean, depth + 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, cleaned(field, clean, depth + 1)]));
}

/** Temporal's SDK logs how calls and executions failed. What they say of it is data, and stands encrypted in the history. */
const IN_HISTORIES: ReadonlySet<string> = new Set(['ApplicationFailure', 'ActivityFailure', 'ChildWorkflowFailure']);

/** Its members are left out: PostgreSQL quotes rows in them, HTTP clients requests. */
function errorFields(error: Error, clean: Clean, depth: number): Readonly<Record<string, unknown>> {
  const { code } = error as { readonly code?: unknown };
  // The text stands in the stack once more, where lines of it may look like frames.
  const { message } = error;
  const stack = error.stack ?? '';
  const frames = stack.slice(message !== '' && stack.includes(message) ? stack.indexOf(message) + message.length : 0);
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return {
    type: error instanceof OmniError ? error.problem.type : error.name,
    message: IN_HISTORIES.has(error.name) ? '[in the history]' : clean(message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: frames
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .map((line) => line.trim()),
    ...(inner.length === 0 || depth > MAX_DEPTH ? {} : { errors: cleaned(inner, clean, depth + 1) }),
    ...(error.cause === undefined || depth > MAX_DEPTH ? {} : { cause: cleaned(error.cause, clean, depth + 1) }),
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

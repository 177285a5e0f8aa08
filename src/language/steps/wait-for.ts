/** `waitFor`: an answer from a person or a program, with reminders while it is missing. */
import type { Handler, Reminder } from '../../plan/plan';
import type { DefinitionField, DefinitionType } from '../definition-type';
import { typeOf } from '../definition-type';
import { typeToJsonSchema } from '../json-schema';
import { headOf, isList, readFields, readLiteral } from '../mapping';
import type { Fields } from '../mapping';
import { isObjectName } from '../names';
import type { Entry, MapTree, Tree } from '../tree';
import type { Field, Type } from '../type';
import { STRING } from '../type';
import { readTypeFields } from '../type-syntax';
import { REMINDER_WORDS, WAIT_FOR_WORDS } from '../vocabulary';
import { compileHandlers } from './handlers';
import { reportConcurrent } from './join';
import type { KindCompiler, Outcome, StepParts } from './kind';
import { checkBound, readDuration } from './timeout';

type WaitForFields = Fields<typeof WAIT_FOR_WORDS>;

/** Who has answered, and when. */
const ANSWERED: Readonly<Record<string, Field>> = {
  by: { type: STRING, optional: false },
  at: { type: STRING, optional: false },
};

export const compileWaitFor: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const entry = fields['waitFor'];
  const words = entry && readFields(cx.report, entry.value, WAIT_FOR_WORDS, 'the key waitFor');
  if (words === undefined) return undefined;
  const signal = words.signal && readWord(parts, words.signal.value, 'the name of a signal');
  const from = words.from === undefined ? [] : readRoles(parts, words.from);
  const form = readForm(parts, words.form);
  const timeoutMs = readDuration(cx.report, words.timeout);
  if (words.timeout !== undefined) checkBound(cx, words.timeout.value.range, timeoutMs);
  const reminders = cx.scope.bounded(timeoutMs, () => compileReminders(parts, words.reminders));
  const answered: Outcome = { output: answerType(form), optional: false, ends: false };
  const handled = compileOnTimeout(parts, words, answered);
  if (signal === undefined) return undefined;
  return {
    step: {
      kind: 'waitFor',
      signal,
      from,
      form: form === undefined ? {} : typeToJsonSchema(form),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(handled.handlers.length === 0 ? {} : { onTimeout: handled.handlers }),
      reminders,
    },
    ...handled.outcome,
  };
};

/** Signals and roles. */
function readWord({ cx }: StepParts, tree: Tree, what: string): string | undefined {
  const text = readLiteral(cx.report, tree, what);
  if (text === undefined) return undefined;
  const { value, range } = text;
  if (/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(value) && !isObjectName(value)) return value;
  cx.report.add(
    isObjectName(value) ? 'reserved-name' : 'invalid-name',
    range,
    `${what.charAt(0).toUpperCase()}${what.slice(1)} is a letter followed by letters, digits, dots, hyphens and underscores, 100 at most, and no name that every JavaScript object has; this is "${value}".`,
  );
  return undefined;
}

export function readRoles(parts: StepParts, { key, value }: Entry): readonly string[] {
  const { report } = parts.cx;
  if (!isList(report, value, `the key ${key}`)) return [];
  if (value.items.length === 0)
    report.add(
      'wrong-shape',
      value.range,
      `The key ${key} names at least one role. Leave it out where anyone may answer.`,
    );
  const roles = value.items.map((item) => readWord(parts, item, 'a role'));
  return [...new Set(roles.filter((role) => role !== undefined))];
}

function readForm({ cx }: StepParts, entry: Entry | undefined): DefinitionType | undefined {
  if (entry === undefined) return undefined;
  const fields: Readonly<Record<string, DefinitionField>> = readTypeFields(cx, entry.value, 'The key form');
  for (const { key, keyRange } of entry.value.kind === 'map' ? entry.value.entries : [])
    if (Object.hasOwn(ANSWERED, key.replace(/\?$/, '')))
      cx.report.add(
        'reserved-name',
        keyRange,
        `The output says by whom and at what time it was answered, so ${key} cannot be a field of the form.`,
      );
  return { kind: 'object', fields };
}

/** Without a form any answer is taken. */
function answerType(form: DefinitionType | undefined): Type {
  const given = form === undefined ? undefined : typeOf(form);
  return given?.kind === 'object'
    ? { kind: 'object', fields: { ...given.fields, ...ANSWERED }, open: given.open }
    : { kind: 'object', fields: ANSWERED, open: true };
}

interface OnTimeout {
  readonly handlers: readonly Handler[];
  readonly outcome: Outcome;
}

function compileOnTimeout(parts: StepParts, { timeout, onTimeout }: WaitForFields, own: Outcome): OnTimeout {
  const { cx, name, compileSteps, compileStep } = parts;
  if (onTimeout === undefined) return { handlers: [], outcome: own };
  if (timeout === undefined)
    cx.report.add(
      'unreachable-case',
      onTimeout.keyRange,
      'This wait has no timeout, so onTimeout is never taken. Give it one.',
    );
  return compileHandlers(cx, onTimeout, { name, own, compileSteps, compileStep });
}

function compileReminders(parts: StepParts, entry: Entry | undefined): readonly Reminder[] {
  const { cx } = parts;
  if (entry === undefined || !isList(cx.report, entry.value, 'the key reminders')) return [];
  const { items } = entry.value;
  if (items.length === 0)
    cx.report.add('wrong-shape', entry.value.range, 'The key reminders needs at least one reminder.');
  const reminders: Reminder[] = [];
  const runs = items.map((item) => () => {
    const reminder = compileReminder(parts, item);
    if (reminder !== undefined) reminders.push(reminder);
  });
  // They run beside each other, often or never.
  const variables = cx.scope.hidden(() => cx.scope.branches(runs, 'some'));
  const writers = items.map((item, index) => ({
    label: `reminder ${index + 1}`,
    range: item.kind === 'map' ? headOf(item) : item.range,
  }));
  reportConcurrent(cx, writers, variables);
  return reminders;
}

function compileReminder(parts: StepParts, tree: Tree): Reminder | undefined {
  const { cx, compileSteps } = parts;
  const words = readFields(cx.report, tree, REMINDER_WORDS, 'a reminder');
  if (words === undefined) return undefined;
  const head = headOf(tree as MapTree);
  if ((words.after === undefined) === (words.every === undefined))
    cx.report.add('wrong-shape', head, 'A reminder has either after or every: once, or again and again.');
  else if (words.to === undefined && words.steps === undefined)
    cx.report.add(
      'wrong-shape',
      head,
      'This reminder does nothing. Give it steps, or roles that may answer too with to.',
    );
  const afterMs = readDuration(cx.report, words.after);
  const everyMs = readDuration(cx.report, words.every);
  checkBound(cx, (words.after ?? words.every)?.value.range ?? head, afterMs ?? everyMs);
  const to = words.to === undefined ? [] : readRoles(parts, words.to);
  const steps = words.steps === undefined ? [] : compileSteps(cx, words.steps.value, 'A reminder').steps;
  return {
    ...(afterMs === undefined ? {} : { afterMs }),
    ...(everyMs === undefined ? {} : { everyMs }),
    to,
    steps,
  };
}

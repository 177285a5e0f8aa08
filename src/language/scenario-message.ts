/** `messages`: what comes from outside at virtual times. */
import { headOf, isMapping, readFields } from './mapping';
import type { Report } from './report';
import type { Message } from './scenario';
import { itemsOf, readMoment, readObject, readPlain, readProblemType, readTexts, textOf } from './scenario-value';
import { MESSAGE_WORDS } from './scenario-words';
import type { Entry, Tree } from './tree';

export function readMessages(report: Report, entry: Entry | undefined): readonly Message[] {
  return itemsOf(report, entry).flatMap((item) => readMessage(report, item) ?? []);
}

const KINDS = ['signal', 'answer', 'cancel'] as const;
const MEMBERS = {
  signal: ['at', 'signal', 'payload'],
  answer: ['at', 'answer', 'data', 'by', 'roles', 'refused'],
  cancel: ['at', 'cancel'],
} as const;

function readMessage(report: Report, tree: Tree): Message | undefined {
  const fields = readFields(report, tree, MESSAGE_WORDS, 'a message');
  if (fields === undefined || !isMapping(report, tree, 'a message')) return undefined;
  const kinds = KINDS.filter((kind) => fields[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    report.add('wrong-shape', headOf(tree), 'A message is one of signal, answer and cancel.');
    return undefined;
  }
  for (const { key, keyRange } of Object.values(fields))
    if (!(MEMBERS[kind] as readonly string[]).includes(key))
      report.add('unknown-key', keyRange, `A message with ${kind} has no key ${key}.`);
  const atMs = readMoment(report, fields.at) ?? 0;
  if (kind === 'cancel') return { atMs, kind };
  if (kind === 'signal')
    return {
      atMs,
      kind,
      signal: textOf(report, fields.signal) ?? '',
      payload: readPlain(report, fields.payload) ?? null,
    };
  const refused = fields.refused && readProblemType(report, fields.refused.value);
  return {
    atMs,
    kind,
    path: textOf(report, fields.answer) ?? '',
    data: readObject(report, fields.data) ?? {},
    by: textOf(report, fields.by) ?? 'scenario',
    roles: readTexts(report, fields.roles),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** `expect`: what an execution is to come to. */
import type { StepStatus } from '../plan/record';
import { isMapping, readBoolean, readFields, readNumber, readText } from './mapping';
import type { Report } from './report';
import type { AgentExpectation, CallExpectation, EventExpectation, Expectation } from './scenario';
import type { MockReader } from './scenario-mock';
import { readToolName } from './scenario-mock';
import {
  itemsOf,
  readMoment,
  readObject,
  readPlain,
  readProblemType,
  readTexts,
  readWord,
  textOf,
} from './scenario-value';
import { AGENT_TASK_WORDS, CALL_WORDS, ELAPSED_WORDS, EVENT_WORDS, EXPECT_WORDS } from './scenario-words';
import type { Entry, Tree } from './tree';

const OUTCOMES = ['completed', 'failed', 'cancelled'] as const;
export const STATUSES: readonly StepStatus[] = ['running', 'completed', 'failed', 'skipped', 'degraded', 'cancelled'];

export function readExpectation(reader: MockReader, entry: Entry | undefined): Expectation | undefined {
  const { report } = reader;
  const fields = entry && readFields(report, entry.value, EXPECT_WORDS, 'the key expect');
  if (fields === undefined) return undefined;
  const parts: { readonly [K in keyof Expectation]: Expectation[K] | undefined } = {
    status: fields.status && readWord(report, fields.status.value, { words: OUTCOMES, what: 'the key status' }),
    path: fields.path && itemsOf(report, fields.path).flatMap((item) => readPlace(report, item) ?? []),
    outputs: readObject(report, fields.outputs),
    output: readPlain(report, fields.output),
    error: fields.error && readErrorMatch(report, fields.error.value),
    calls: fields.calls && itemsOf(report, fields.calls).flatMap((item) => readCall(reader, item) ?? []),
    agents: fields.agents && itemsOf(report, fields.agents).flatMap((item) => readTask(report, item) ?? []),
    events: fields.events && itemsOf(report, fields.events).flatMap((item) => readEvent(report, item) ?? []),
    cost: fields.cost && readNumber(report, fields.cost.value, 'the key cost', { minimum: 0 }),
    tokens: fields.tokens && readNumber(report, fields.tokens.value, 'the key tokens', { minimum: 0, integer: true }),
    elapsed: fields.elapsed && readElapsed(report, fields.elapsed),
    compensations: fields.compensations && readTexts(report, fields.compensations),
    withheld: fields.withheld && readTexts(report, fields.withheld),
    noPersonalData: fields.noPersonalData && readTrue(report, fields.noPersonalData),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** There is nothing that its opposite could ask for. */
function readTrue(report: Report, { key, value }: Entry): true | undefined {
  const given = readBoolean(report, value, `the key ${key}`);
  if (given === false) report.add('wrong-shape', value.range, `The key ${key} is true, or left out.`);
  return given === true ? given : undefined;
}

/** `a.b`, or `a.b: completed`. */
function readPlace(report: Report, tree: Tree): { readonly step: string; readonly status?: StepStatus } | undefined {
  if (tree.kind === 'scalar') {
    const step = readText(report, tree, 'an item of path')?.value;
    return step === undefined ? undefined : { step };
  }
  if (!isMapping(report, tree, 'an item of path')) return undefined;
  const [entry, second] = tree.entries;
  if (entry === undefined || second !== undefined) {
    report.add('wrong-shape', tree.range, 'An item of path is one step: a path, or a path and its status.');
    return undefined;
  }
  const status = readWord(report, entry.value, { words: STATUSES, what: 'the status of a step' });
  return { step: entry.key, ...(status === undefined ? {} : { status }) };
}

function readErrorMatch(report: Report, tree: Tree): Expectation['error'] {
  if (tree.kind !== 'scalar') return readPlain(report, { key: 'error', keyRange: tree.range, value: tree });
  const type = readProblemType(report, tree);
  return type === undefined ? undefined : { type };
}

function readCall(reader: MockReader, tree: Tree): CallExpectation | undefined {
  const { report } = reader;
  const fields = readFields(report, tree, CALL_WORDS, 'an expected call');
  const tool = fields && readToolName(reader, fields.tool);
  if (fields === undefined || tool === undefined) return undefined;
  const provider = textOf(report, fields.provider);
  const count = fields.count && readNumber(report, fields.count.value, 'the key count', { minimum: 0, integer: true });
  const input = readPlain(report, fields.input);
  return {
    tool,
    ...(provider === undefined ? {} : { provider }),
    ...(count === undefined ? {} : { count }),
    ...(input === undefined ? {} : { input }),
  };
}

function readTask(report: Report, tree: Tree): AgentExpectation | undefined {
  const fields = readFields(report, tree, AGENT_TASK_WORDS, 'an expected task');
  const agent = textOf(report, fields?.agent);
  if (fields === undefined || agent === undefined) return undefined;
  const capability = textOf(report, fields.capability);
  const count = fields.count && readNumber(report, fields.count.value, 'the key count', { minimum: 0, integer: true });
  const input = readPlain(report, fields.input);
  return {
    agent,
    ...(capability === undefined ? {} : { capability }),
    ...(count === undefined ? {} : { count }),
    ...(input === undefined ? {} : { input }),
  };
}

function readEvent(report: Report, tree: Tree): EventExpectation | undefined {
  const fields = readFields(report, tree, EVENT_WORDS, 'an expected event');
  const type = textOf(report, fields?.type);
  if (fields === undefined || type === undefined) return undefined;
  const count = fields.count && readNumber(report, fields.count.value, 'the key count', { minimum: 0, integer: true });
  const data = readPlain(report, fields.data);
  return { type, ...(count === undefined ? {} : { count }), ...(data === undefined ? {} : { data }) };
}

function readElapsed(report: Report, entry: Entry): Expectation['elapsed'] {
  if (entry.value.kind !== 'map') {
    const ms = readMoment(report, entry);
    return ms === undefined ? undefined : { atLeastMs: ms, atMostMs: ms };
  }
  const fields = readFields(report, entry.value, ELAPSED_WORDS, 'the key elapsed') ?? {};
  const atLeastMs = readMoment(report, fields.atLeast);
  const atMostMs = readMoment(report, fields.atMost);
  return { ...(atLeastMs === undefined ? {} : { atLeastMs }), ...(atMostMs === undefined ? {} : { atMostMs }) };
}

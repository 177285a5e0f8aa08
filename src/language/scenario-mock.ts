/** `mocks`: what tools answer in a scenario, per input and per attempt. */
import type { Usage } from '../plan/record';
import type { ToolRegistry } from '../tools/registry';
import { resolveProvider } from '../tools/provider-names';
import { readBoolean, readFields, readNumber, readText } from './mapping';
import type { Fields } from './mapping';
import type { Report } from './report';
import type { MockAnswer, MockError, MockResponse, MockTool } from './scenario';
import { itemsOf, readMoment, readPlain, readProblemType, textOf } from './scenario-value';
import { ERROR_WORDS, MOCK_WORDS, RESPONSE_WORDS, USAGE_WORDS } from './scenario-words';
import type { Entry, Tree } from './tree';

export interface MockReader {
  readonly report: Report;
  /** With the tools that the file declares. */
  readonly registry: ToolRegistry;
}

/** One entry; `a | b` as provider stands for two mocks. */
export function readMock(reader: MockReader, tree: Tree): readonly MockTool[] {
  const { report } = reader;
  const fields = readFields(report, tree, MOCK_WORDS, 'a mock');
  if (fields === undefined) return [];
  const tool = readToolName(reader, fields.tool);
  const providers = readProviders(report, fields.provider);
  if (tool === undefined) return [];
  const unconfigured = textOf(report, fields.unconfigured);
  const responses = itemsOf(report, fields.responses).flatMap((item) => readResponse(report, item) ?? []);
  const fallback = readFallback(report, fields);
  return providers.map((provider) => ({
    tool,
    provider,
    responses,
    ...(unconfigured === undefined ? {} : { unconfigured }),
    ...(fallback === undefined ? {} : { fallback }),
  }));
}

export function readToolName({ report, registry }: MockReader, entry: Entry | undefined): string | undefined {
  const text = entry === undefined ? undefined : readText(report, entry.value, 'the key tool');
  if (text === undefined || registry.contract(text.value) !== undefined) return text?.value;
  const known = registry.contracts().map(({ name }) => name);
  const near = report.near(text.value, known);
  const meant = near === undefined ? `The tools are ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`;
  report.add('unknown-tool', text.range, `There is no tool ${text.value}. ${meant} Or declare it under tools.`, near);
  return undefined;
}

function readProviders(report: Report, entry: Entry | undefined): readonly string[] {
  const names = textOf(report, entry)?.split('|') ?? [];
  return names.map((name) => providerName(name.trim()));
}

/** The provider that a definition's word stands for; a scenario may name one that does not exist yet. */
export function providerName(name: string): string {
  return resolveProvider(name)?.provider ?? name;
}

function readResponse(report: Report, tree: Tree): MockResponse | undefined {
  const fields = readFields(report, tree, RESPONSE_WORDS, 'a response');
  if (fields === undefined) return undefined;
  const input = readPlain(report, fields.input);
  const from1 = (entry: Entry | undefined): number | undefined =>
    entry && readNumber(report, entry.value, `the key ${entry.key}`, { minimum: 1, integer: true });
  const [attempt, turn] = [from1(fields.attempt), from1(fields.turn)];
  const step = textOf(report, fields.step);
  return {
    answer: readAnswer(report, fields),
    ...(input === undefined ? {} : { input }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(step === undefined ? {} : { step }),
    ...(turn === undefined ? {} : { turn }),
  };
}

function readFallback(report: Report, fields: Fields<typeof MOCK_WORDS>): MockAnswer | undefined {
  const { defaultResponse, defaultDelay } = fields;
  const own = [fields.output, fields.raw, fields.error, fields.delay, fields.usage];
  if (own.some((entry) => entry !== undefined)) {
    const twice = defaultResponse ?? defaultDelay;
    if (twice !== undefined)
      report.add(
        'duplicate-key',
        twice.keyRange,
        `${twice.key} says what output, raw, error and delay of the mock say already.`,
      );
    return readAnswer(report, fields);
  }
  if (defaultResponse === undefined && defaultDelay === undefined) return undefined;
  const output = readPlain(report, defaultResponse);
  return { delayMs: readMoment(report, defaultDelay) ?? 0, ...(output === undefined ? {} : { output }) };
}

type AnswerFields = Pick<Fields<typeof RESPONSE_WORDS>, 'output' | 'raw' | 'error' | 'delay' | 'usage'>;

function readAnswer(report: Report, fields: AnswerFields): MockAnswer {
  const given = [fields.output, fields.raw, fields.error].filter((entry) => entry !== undefined);
  if (given[1] !== undefined)
    report.add(
      'duplicate-key',
      given[1].keyRange,
      `An answer is one of output, raw and error, not ${given[1].key} too.`,
    );
  const output = readPlain(report, fields.output);
  const raw = readPlain(report, fields.raw);
  const error = fields.error && readError(report, fields.error.value);
  const usage = fields.usage && readUsage(report, fields.usage.value);
  return {
    delayMs: readMoment(report, fields.delay) ?? 0,
    ...(output === undefined ? {} : { output }),
    ...(raw === undefined ? {} : { raw }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
  };
}

export function readError(report: Report, tree: Tree): MockError | undefined {
  if (tree.kind === 'scalar') {
    const type = readProblemType(report, tree);
    return type && { type };
  }
  const fields = readFields(report, tree, ERROR_WORDS, 'an error');
  const type = fields?.type && readProblemType(report, fields.type.value);
  if (fields === undefined || type === undefined) return undefined;
  const detail = textOf(report, fields.detail);
  const retryAfterMs = readMoment(report, fields.retryAfter);
  const retryable = fields.retryable && readBoolean(report, fields.retryable.value, 'the key retryable');
  return {
    type,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(retryable === undefined ? {} : { retryable }),
  };
}

export function readUsage(report: Report, tree: Tree): Partial<Usage> | undefined {
  const fields = readFields(report, tree, USAGE_WORDS, 'usage');
  const entries = Object.values(fields ?? {}).flatMap((entry) => {
    const integer = entry.key !== 'costUsd';
    const value = readNumber(report, entry.value, `the key ${entry.key}`, { minimum: 0, integer });
    return value === undefined ? [] : [[entry.key, value] as const];
  });
  return Object.fromEntries(entries);
}

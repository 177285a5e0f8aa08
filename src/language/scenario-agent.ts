/** `agents`: mock agents in a scenario, in the specification's form. */
import { readFields } from './mapping';
import type { Report } from './report';
import type { MockAgent, MockAnswer } from './scenario';
import { readError, readUsage } from './scenario-mock';
import { itemsOf, readMoment, readPlain, readTexts, textOf } from './scenario-value';
import { AGENT_RESPONSE_WORDS, AGENT_WORDS } from './scenario-words';
import type { Tree } from './tree';

export function readAgent(report: Report, tree: Tree): MockAgent | undefined {
  const fields = readFields(report, tree, AGENT_WORDS, 'a mock agent');
  const id = textOf(report, fields?.id);
  if (fields === undefined || id === undefined) return undefined;
  const output = readPlain(report, fields.defaultResponse);
  const delayMs = readMoment(report, fields.defaultDelay) ?? 0;
  return {
    id,
    name: textOf(report, fields.name) ?? id,
    capabilities: readTexts(report, fields.capabilities),
    responses: itemsOf(report, fields.responses).flatMap((item) => readResponse(report, item) ?? []),
    ...(output === undefined ? {} : { fallback: { output, delayMs } }),
  };
}

function readResponse(report: Report, tree: Tree): MockAgent['responses'][number] | undefined {
  const fields = readFields(report, tree, AGENT_RESPONSE_WORDS, 'a response');
  const messageType = textOf(report, fields?.messageType);
  if (fields === undefined || messageType === undefined) return undefined;
  if (fields.response !== undefined && fields.error !== undefined)
    report.add('duplicate-key', fields.error.keyRange, 'An answer is one of response and error, not error too.');
  const output = readPlain(report, fields.response);
  const error = fields.error && readError(report, fields.error.value);
  const usage = fields.usage && readUsage(report, fields.usage.value);
  const answer: MockAnswer = {
    delayMs: readMoment(report, fields.delay) ?? 0,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
  };
  return { messageType, answer };
}

/** Recorded histories still replay with today's interpreter, and would not with one that orders things otherwise. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { prepareRuntime } from '../../workers/engine';
import { testBundlePath } from '../support';

prepareRuntime(pino({ level: 'silent' }));

interface History {
  readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowId?: string } }[];
}

/** Ids of calls and children derive from the execution's own. */
const idOf = ({ events: [first] }: History): string => first?.workflowExecutionStartedEventAttributes?.workflowId ?? '';

const histories = readdirSync(__dirname)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, history: JSON.parse(readFileSync(path.join(__dirname, name), 'utf8')) as History }));

async function replayErrors(workflowBundle: { codePath: string } | { code: string }): Promise<Record<string, string>> {
  const source = histories.map(({ history }) => ({ workflowId: idOf(history), history }));
  const names = new Map(histories.map(({ name, history }) => [idOf(history), name.replace('.json', '')]));
  const errors: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, source))
    if (error !== undefined) errors[names.get(workflowId) ?? workflowId] = error.message;
  return errors;
}

test('every recorded history replays clean', async () => {
  expect(histories.length).toBeGreaterThanOrEqual(14);
  expect(await replayErrors({ codePath: await testBundlePath() })).toEqual({});
}, 60_000);

test('an interpreter that starts branches in another order is found out', async () => {
  const workflowsPath = path.join(__dirname, '..', 'integration', 'variants', 'reordered');
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const errors = await replayErrors(bundle);
  expect(Object.keys(errors)).toContain('parallel');
}, 60_000);

/** Recorded histories still replay with today's interpreter, and would not with one that orders things otherwise. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { prepareRuntime } from '../../workers/engine';
import { testBundlePath, testVariantPath } from '../support';

prepareRuntime(pino({ level: 'silent' }));

interface History {
  readonly events: readonly {
    readonly eventType: string;
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId?: string };
  }[];
}

/** Ids of calls and children derive from the execution's own. */
const idOf = ({ events: [first] }: History): string => first?.workflowExecutionStartedEventAttributes?.workflowId ?? '';

const histories = readdirSync(__dirname)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, history: JSON.parse(readFileSync(path.join(__dirname, name), 'utf8')) as History }));

async function replayErrors(
  workflowBundle: { codePath: string },
  cut: (history: History) => History | undefined = (history) => history,
): Promise<Record<string, string>> {
  const source = histories.flatMap(({ history }) => {
    const part = cut(history);
    return part === undefined ? [] : [{ workflowId: idOf(history), history: part }];
  });
  const names = new Map(histories.map(({ name, history }) => [idOf(history), name.replace('.json', '')]));
  const errors: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, source))
    if (error !== undefined) errors[names.get(workflowId) ?? workflowId] = error.message;
  return errors;
}

test('every recorded history replays clean', async () => {
  expect(histories.length).toBeGreaterThanOrEqual(35);
  expect(await replayErrors({ codePath: await testBundlePath() })).toEqual({});
}, 60_000);

test('an execution that has come only so far replays clean, wherever that is', async () => {
  const codePath = await testBundlePath();
  for (let task = 2, more = true; more; task += 1) {
    more = false;
    const errors = await replayErrors({ codePath }, ({ events }) => {
      const scheduled = events.flatMap(({ eventType }, i) => (eventType === 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED' ? [i] : []));
      more ||= scheduled.length >= task;
      return scheduled[task - 1] === undefined ? undefined : { events: events.slice(0, scheduled[task - 1]) };
    });
    expect(errors).toEqual({});
  }
}, 120_000);

test('an interpreter that starts branches in another order is found out', async () => {
  const errors = await replayErrors({ codePath: await testVariantPath('reordered') });
  expect(Object.keys(errors)).toContain('parallel');
}, 60_000);

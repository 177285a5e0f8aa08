/** Lines of Temporal's SDK say for which execution and step they are, as ours do. */
import { expect, test } from '@jest/globals';
import { sdkFields } from '../../workers/sdk-line';

test('execution and step have the names that all lines give them', () => {
  const meta = { workflowId: 'coach-1', activityId: 'tell.crm.note_crm#2', runId: 'r' };
  expect(sdkFields({ message: 'Activity failed', meta: { ...meta, error: 'e' } })).toEqual({
    executionId: 'coach-1',
    activityId: 'tell.crm.note_crm#2',
    step: 'tell.crm.note_crm',
    runId: 'r',
    error: 'e',
  });
  expect(sdkFields({ message: 'm', meta: { activityId: '7' } })).toEqual({ activityId: '7' });
  const task = { workflowType: 'agt:task', activityId: 'paint#1' };
  expect(sdkFields({ message: 'm', meta: task })).toEqual(task);
  expect(sdkFields({ message: 'm' })).toEqual({});
});

test('why an execution failed is left out', () => {
  expect(sdkFields({ message: 'Workflow failed', meta: { error: new Error('ada@example.com') } })).toEqual({});
});

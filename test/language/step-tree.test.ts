import { expect, test } from '@jest/globals';
import { stepTree } from '../../src/language/step-tree';
import { planOf, withSteps } from './registry';

const STEPS = `  - { name: pay, tool: crm.note, provider: local, compensate: { tool: crm.note }, onError: [ { when: "error.type == 'timeout'", continue: true } ] }
  - name: each_one
    if: trigger.context.a
    forEach: trigger.context.list
    concurrency: 1
    steps:
      - name: choose
        switch: [ { when: index > 1, steps: [ { name: far, set: { ok: true } } ] }, { default: [ { name: near, set: { ok: false } } ] } ]
`;

test('the steps of a plan are a tree of lanes, with the paths that an execution tells', () => {
  const { workflow, steps } = stepTree(planOf(withSteps(STEPS)));
  expect(workflow).toBe(planOf(withSteps(STEPS)).id);
  expect(steps).toEqual([
    {
      path: 'pay',
      name: 'pay',
      kind: 'tool',
      lines: ['crm.note', 'local'],
      lanes: [{ as: 'error', label: "error.type == 'timeout'", steps: [] }],
      compensate: { path: 'pay.compensate', lines: expect.arrayContaining(['crm.note']) },
    },
    {
      path: 'each_one',
      name: 'each_one',
      kind: 'forEach',
      if: 'trigger.context.a',
      lines: ['for each item of trigger.context.list'],
      lanes: [
        {
          as: 'steps',
          steps: [
            expect.objectContaining({
              path: 'each_one[].choose',
              lanes: [
                { as: 'case', label: 'index > 1', steps: [expect.objectContaining({ path: 'each_one[].choose.far' })] },
                { as: 'case', label: 'default', steps: [expect.objectContaining({ path: 'each_one[].choose.near' })] },
              ],
            }),
          ],
        },
      ],
    },
  ]);
});

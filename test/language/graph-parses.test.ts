/** Mermaid's own parser reads every chart, and finds in it every step, on a way from the start. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { toMermaid } from '../../src/language/graph';
import { listsWithin } from '../../src/plan/paths';
import { stepSnippets } from '../../src/language/step-snippets';
import type { Plan, Step } from '../../src/plan/plan';
import { definitionOf } from '../docs/document-faults';
import { fencesOf } from '../docs/markdown';
import { textFiles } from '../tracked-files';
import { FAULTS } from './faults';
import { drawn } from './mermaid';
import { compileText, planOf, withSteps } from './registry';

/** Every step, handlers' and reminders' too. */
function stepsOf(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => [step, ...listsWithin(step).flatMap(([, list]) => stepsOf(list))]);
}

async function check(plan: Plan): Promise<void> {
  const { nodes, edges } = await drawn(toMermaid(plan));
  const labels = Object.values(nodes).map((label) => label.split('\n')[0]);
  const steps = [...stepsOf(plan.steps), ...stepsOf(plan.finally ?? [])];
  for (const step of steps) expect(labels).toContain(step.name);
  expect(labels.filter((label) => label === 'compensate')).toHaveLength(
    steps.filter(({ compensate }) => compensate !== undefined).length,
  );
  const reached = new Set(['n0']);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
  }
  expect(Object.keys(nodes).filter((id) => !reached.has(id))).toEqual([]);
}

const PLACES = textFiles('.md').flatMap(({ name, text }) =>
  fencesOf(text)
    .filter(({ language, form }) => language === 'yaml' && form !== 'error')
    .flatMap((fence) => definitionOf(fence) ?? [])
    .map((definition, index) => [`${name}, ${index + 1}`, compileText(definition).plan] as const),
);
const PLANS = [
  ...PLACES,
  ...textFiles('.yaml').map(({ name, text }) => [name, compileText(text).plan] as const),
  ...FAULTS.map(({ what, text }) => [what, compileText(text).plan] as const),
].flatMap(([what, plan]): [string, Plan][] => (plan === undefined ? [] : [[what, plan]]));

describe('the chart of', () => {
  test('everything that compiles in the documents, the folders and the corpus', async () => {
    expect(PLANS.length).toBeGreaterThan(40);
    for (const [, plan] of PLANS) await check(plan);
  });

  test('a step of every kind, alone, in a loop and in a handler', async () => {
    for (const { body, label } of stepSnippets()) {
      const step = JSON.stringify(body)
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replaceAll('category.action', 'crm.note');
      const inside = label === 'return step' ? '' : `, onError: [ { when: "has(error.data)", continue: true } ]`;
      await check(planOf(withSteps(`  - ${step}\n`)));
      await check(planOf(withSteps(`  - { name: l, repeat: { max: 2 }, steps: [ ${step} ]${inside} }\n`)));
      await check(planOf(withSteps(`  - { name: h, tool: crm.note, provider: local, onError: [ ${step} ] }\n`)));
    }
  });

  test('a definition that returns early, with steps at the end', async () => {
    await check(
      planOf(
        `${withSteps('  - { name: r, return: 1 }\n')}finally: [ { name: last, tool: crm.note, provider: local } ]\n`,
      ),
    );
  });
});

test('whatever a condition says stays in its label', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (text) => {
      const plan = planOf(withSteps('  - { name: s, if: trigger.context.a, set: { a: 1 } }\n'));
      const [step] = plan.steps;
      if (step === undefined) throw new Error('The plan has no step.');
      const { nodes } = await drawn(toMermaid({ ...plan, steps: [{ ...step, if: `x ${text} y` }] }));
      expect(Object.keys(nodes)).toHaveLength(4);
    }),
    { numRuns: 60 },
  );
});

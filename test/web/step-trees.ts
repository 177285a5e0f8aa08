/** Trees of steps for tests of the console, made by the compiler from definitions. */
import { stepTree } from '../../src/language/step-tree';
import type { StepTree } from '../../web/shapes';
import { planOf, withSteps } from '../language/registry';

/** As the API sends it. */
export function treeOf(steps: string): StepTree {
  return JSON.parse(JSON.stringify(stepTree(planOf(withSteps(steps))))) as StepTree;
}

/** A definition with so many steps, in tens: three in a row and a parallel of six. */
export function longSteps(count: number): string {
  return Array.from({ length: Math.ceil(count / 10) }, (_, ten) => {
    const name = `s${ten}`;
    const row = ['a', 'b', 'c'].map((one) => `  - { name: ${name}${one}, tool: crm.note, provider: local }\n`);
    const branches = Array.from(
      { length: 6 },
      (_branch, index) => `p${index}: [ { name: ${name}p${index}, tool: crm.note, provider: local } ]`,
    );
    return `${row.join('')}  - { name: ${name}d, parallel: { ${branches.join(', ')} } }\n`;
  }).join('');
}

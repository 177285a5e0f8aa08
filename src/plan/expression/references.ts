/** Which names an expression reads, so that only those need to be built. */
import type { Node } from './tree';

export interface References {
  /** Root names, each once, in the order of reading. */
  readonly roots: readonly string[];
  /** Names of the steps that it reads; `all` when it uses `steps` other than by a literal name. */
  readonly steps: readonly string[] | 'all';
}

export function referencesOf(tree: Node): References {
  const roots = new Set<string>();
  const steps = new Set<string>();
  let all = false;
  const visit = (node: Node, variables: readonly string[]): void => {
    const step = stepName(node, variables);
    if (step !== undefined) {
      roots.add('steps');
      steps.add(step);
      return;
    }
    if (node.kind === 'name') {
      if (variables.includes(node.name)) return;
      roots.add(node.name);
      if (node.name === 'steps') all = true;
    }
    for (const { child, variable } of childrenOf(node))
      visit(child, variable === undefined ? variables : [...variables, variable]);
  };
  visit(tree, []);
  return { roots: [...roots], steps: all ? 'all' : [...steps] };
}

/** `steps.x`, `steps.?x`, `steps["x"]`, `steps[?"x"]`. */
function stepName(node: Node, variables: readonly string[]): string | undefined {
  if ((node.kind !== 'field' && node.kind !== 'index') || node.target.kind !== 'name') return undefined;
  if (node.target.name !== 'steps' || variables.includes('steps')) return undefined;
  if (node.kind === 'field') return node.name;
  return node.index.kind === 'literal' && typeof node.index.value === 'string' ? node.index.value : undefined;
}

/** The parts of a node, each with the variable that it sees besides those around it. */
function childrenOf(node: Node): readonly { readonly child: Node; readonly variable?: string }[] {
  const plain = (...children: readonly (Node | undefined)[]): { child: Node }[] =>
    children.flatMap((child) => (child ? [{ child }] : []));
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'optional-none':
      return [];
    case 'field':
      return plain(node.target);
    case 'index':
      return plain(node.target, node.index);
    case 'list':
      return plain(...node.items);
    case 'map':
      return node.entries.flatMap(({ key, value }) => plain(key, value));
    case 'not':
    case 'negate':
      return plain(node.operand);
    case 'binary':
      return plain(node.left, node.right);
    case 'conditional':
      return plain(node.test, node.then, node.otherwise);
    case 'has':
      return plain(node.path);
    case 'optional-of':
      return plain(node.value);
    case 'call':
      return plain(node.target, ...node.args);
    case 'bind':
      return [...plain(node.value), { child: node.body, variable: node.variable }];
    case 'comprehension': {
      const inner = plain(node.filter, node.body).map(({ child }) => ({ child, variable: node.variable }));
      return [...plain(node.target), ...inner];
    }
  }
}

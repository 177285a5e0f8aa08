/** The value of parts that are made of literals alone, computed while checking. */
import { compileWhole } from '../plan/expression/compile';
import { toJson } from '../plan/expression/convert';
import { EvaluationFault } from '../plan/expression/fault';
import { Run } from '../plan/expression/run';
import type { Node } from '../plan/expression/tree';
import type { Json } from '../plan/json';

/** Calls that grow, or differ each time, are left for the run. */
const NOT_FOLDED: ReadonlySet<string> = new Set(['uuid', 'now', 'replace', 'join', 'matches', 'dyn']);

/** Whether a part holds nothing but literals, operators and small functions. */
export function isClosed(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return true;
    case 'list':
      return node.items.every(isClosed);
    case 'map':
      return node.entries.every(({ key, value }) => isClosed(key) && isClosed(value));
    case 'not':
    case 'negate':
      return isClosed(node.operand);
    case 'binary':
      return isClosed(node.left) && isClosed(node.right);
    case 'conditional':
      return isClosed(node.test) && isClosed(node.then) && isClosed(node.otherwise);
    case 'call':
      return (
        !NOT_FOLDED.has(node.name) && [node.target, ...node.args].every((part) => part === undefined || isClosed(part))
      );
    case 'name':
    case 'field':
    case 'index':
    case 'has':
    case 'comprehension':
    case 'bind':
    case 'optional-of':
    case 'optional-none':
      return false;
  }
}

const NO_SCOPE = { roots: {}, now: (): number => 0, uuid: (): string => '' };

/** The value of a closed part, or why it fails whenever it runs. */
export function fold(node: Node, source: string): { readonly value?: Json; readonly fault?: string } {
  try {
    const run = new Run(NO_SCOPE);
    const value = compileWhole(node, source)(run);
    return value === undefined ? {} : { value: toJson(value, run.meter) };
  } catch (error) {
    if (error instanceof EvaluationFault) return { fault: error.message };
    throw error;
  }
}

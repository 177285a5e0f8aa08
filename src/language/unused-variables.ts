/** Finds what `set` assigns and nothing reads, neither through `vars` nor through the step's output. */
import type { Compilation } from './compilation';
import type { Fields } from './mapping';
import type { Tree } from './tree';
import { entryOf } from './tree';
import type { DEFINITION_WORDS } from './vocabulary';

export function reportUnusedVariables(cx: Compilation, fields: Fields<typeof DEFINITION_WORDS>): void {
  const results =
    fields.output === undefined && fields.steps !== undefined ? resultTrees(fields.steps.value) : new Set<Tree>();
  for (const [name, { tree }] of cx.names.steps) {
    const set = entryOf(tree, 'set');
    if (set?.value.kind !== 'map' || cx.scope.readSteps.has(name) || results.has(tree) || cx.names.last.has(tree))
      continue;
    for (const { key, keyRange } of set.value.entries)
      if (!cx.scope.readVariables.has(key))
        cx.report.add('unused-variable', keyRange, `Nothing reads vars.${key}, nor the output of the step ${name}.`);
  }
}

/** Without an output of its own, an execution gives what its last step gives. */
function resultTrees(steps: Tree): Set<Tree> {
  const last = steps.kind === 'list' ? steps.items[steps.items.length - 1] : undefined;
  return new Set(last === undefined ? [] : [last]);
}

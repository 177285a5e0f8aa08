/** What a cancelled execution has spent, told to the one that started it: Temporal keeps nothing of a cancelled one but that it was. */
import { defineSignal, getExternalWorkflowHandle, patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Usage } from '../src/plan/record';

interface Spent {
  readonly executionId: string;
  readonly usage: Usage;
}

const spentSignal = defineSignal<[Spent]>('omni:spent');

/** By id of the child. Its word comes before its end does. */
export function listenForSpent(): ReadonlyMap<string, Usage> {
  const spent = new Map<string, Usage>();
  setHandler(spentSignal, ({ executionId, usage }) => void spent.set(executionId, usage));
  return spent;
}

/** Resolves when the parent has it, or is gone. */
export async function tellSpent(usage: Usage): Promise<void> {
  const { parent, workflowId: executionId } = workflowInfo();
  if (parent === undefined || !patched('cancelled-children-tell')) return;
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(spentSignal, { executionId, usage })
    .catch(() => undefined);
}

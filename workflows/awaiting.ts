/** Shows open questions where inboxes look for them: in a search attribute, as `<role>:<step>`. Definitions make up both, never users. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { OpenTask } from '../src/interpreter/state';
import { awaitingAttribute } from './search-attributes';

/** Search attributes are bounded; who is not listed is found by the role alone. */
const MAX_ENTRIES = 50;

export function showAwaiting(open: ReadonlyMap<string, OpenTask>): void {
  const entries = [...open.values()].flatMap(({ step, record }) => {
    const roles = record().task?.roles ?? [];
    return (roles.length === 0 ? ['anyone'] : roles).map((role) => `${role}:${step.name}`);
  });
  const value = [...new Set(entries)].sort().slice(0, MAX_ENTRIES);
  upsertSearchAttributes([{ key: awaitingAttribute, value: value.length === 0 ? null : value }]);
}

/**
 * Shows open questions where inboxes look for them: in a search attribute, by `<role>` and by `<role>:<step>`. Definitions make up both, or
 * who delegates names a role; of people it says only that somebody is meant by name.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { OpenTask } from '../src/interpreter/state';
import { awaitingAttribute } from './search-attributes';

/** Search attributes are bounded. */
const MAX_ENTRIES = 50;

export function showAwaiting(open: ReadonlyMap<string, OpenTask>): void {
  const roles = new Set<string>();
  const steps = new Set<string>();
  for (const { step, record } of open.values()) {
    const { roles: named = [], people = [] } = record().task ?? {};
    for (const role of named.length === 0 ? ['anyone'] : named) {
      roles.add(role);
      steps.add(`${role}:${step.name}`);
    }
    if (people.length > 0) roles.add('@people');
  }
  const all = [...[...roles].sort(), ...[...steps].sort()];
  // Who is not listed is found by the mark that there are more.
  const value = roles.size > MAX_ENTRIES ? ['@more', ...all.slice(0, MAX_ENTRIES - 1)] : all.slice(0, MAX_ENTRIES);
  upsertSearchAttributes([{ key: awaitingAttribute, value: value.length === 0 ? null : value }]);
}

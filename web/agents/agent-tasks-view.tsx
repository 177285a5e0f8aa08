/** All tasks for agents, filtered by the address, page by page. */
import type { ViewOf } from '../app';
import { replacePlace, useAsked, useTitle } from '../hooks';
import { Empty, Loading, Refused, View } from '../parts/parts';
import { hrefOf } from '../place';
import type { AgentTask } from '../shapes';
import { TaskTable } from './task-table';

const STATES = ['submitted', 'working', 'input_required', 'completed', 'failed', 'canceled', 'rejected'] as const;
const FRESH_EVERY_MS = 5000;

export function AgentTasksView({ place: { query } }: ViewOf) {
  useTitle('Tasks of agents');
  const { state = '', type = '', cursor = '' } = query;
  const asked = Object.entries({ state, type, cursor }).filter(([, word]) => word !== '');
  const { value, refusal } = useAsked<{ tasks: readonly AgentTask[]; next?: string }>(
    `/agent-tasks?${new URLSearchParams([['limit', '50'], ...asked]).toString()}`,
    FRESH_EVERY_MS,
  );
  return (
    <View title="Tasks of agents" actions={<a href={hrefOf(['agents'])}>Agents</a>}>
      <div class="filters">
        <nav class="pills" aria-label="State">
          {['', ...STATES].map((one) => (
            <a
              key={one}
              href={hrefOf(['agent-tasks'], { state: one, type })}
              aria-current={one === state ? 'true' : undefined}
            >
              {one === '' ? 'all' : one.replace('_', ' ')}
            </a>
          ))}
        </nav>
        <label>
          <span class="label">Type</span>
          <input
            value={type}
            size={14}
            placeholder="any"
            onChange={(event) =>
              replacePlace(hrefOf(['agent-tasks'], { state, type: event.currentTarget.value.trim() }))
            }
          />
        </label>
      </div>
      <Refused refusal={refusal} />
      {value === undefined && refusal === undefined && <Loading />}
      {value?.tasks.length === 0 && <Empty title="No task fits." />}
      {value !== undefined && value.tasks.length > 0 && <TaskTable title="Tasks" tasks={value.tasks} />}
      {value?.next !== undefined && (
        <a href={hrefOf(['agent-tasks'], { state, type, cursor: value.next })}>Older tasks</a>
      )}
    </View>
  );
}

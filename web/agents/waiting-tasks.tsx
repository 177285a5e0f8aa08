/** Why nothing runs: the tasks that no agent has taken, each with what keeps it waiting, and with what matching said of each agent. */
import { useState } from 'preact/hooks';
import { plural } from '../format';
import { useAsked } from '../hooks';
import { Refused, When } from '../parts/parts';
import { hrefOf } from '../place';
import type { Agent, AgentTask, AgentTaskDetail } from '../shapes';
import { decisionOf, whyWaits } from './waiting';

const SHOWN = 5;
const FRESH_EVERY_MS = 5000;

interface WaitingTasksProps {
  readonly agents: readonly Agent[];
  /** Only those that wait for this type. */
  readonly type?: string;
}

export function WaitingTasks({ agents, type }: WaitingTasksProps) {
  const of = type === undefined ? '' : `&type=${encodeURIComponent(type)}`;
  const { value } = useAsked<{ tasks: readonly AgentTask[]; next?: string }>(
    `/agent-tasks?state=submitted&limit=50${of}`,
    FRESH_EVERY_MS,
  );
  const waiting = (value?.tasks ?? []).filter(({ startedAt }) => startedAt === undefined);
  if (waiting.length === 0) return null;
  const more = waiting.length - SHOWN;
  return (
    <section class="panel is-waiting" aria-label="Tasks that wait">
      <header class="panel-head">
        <h2>
          {plural(waiting.length, 'task')}
          {value?.next === undefined ? '' : ' and more'} that nobody has taken
        </h2>
      </header>
      <ul class="rows">
        {waiting.slice(0, SHOWN).map((task) => (
          <WaitingTask key={task.id} task={task} agents={agents} />
        ))}
      </ul>
      {more > 0 && (
        <p class="pad">
          <a href={hrefOf(['agent-tasks'], { state: 'submitted', type })}>{plural(more, 'other')}</a>
        </p>
      )}
    </section>
  );
}

function WaitingTask({ task, agents }: { readonly task: AgentTask; readonly agents: readonly Agent[] }) {
  const [open, setOpen] = useState(false);
  const path = `/agent-tasks/${encodeURIComponent(task.id)}`;
  // Looking at a task is noted in the audit log, so it is done for whoever asks.
  const { value, refusal } = useAsked<AgentTaskDetail>(open ? path : undefined, FRESH_EVERY_MS);
  const decision = value === undefined ? undefined : decisionOf(value);
  return (
    <li class="pad">
      <p>
        <a href={hrefOf(['agent-tasks', task.id])}>{task.capability}</a> <span class="faint">asked</span>{' '}
        <When at={task.submittedAt} />. {whyWaits(task, agents) ?? 'An agent is free: it is about to be taken.'}
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary class="faint">What matching says</summary>
        <Refused refusal={refusal} />
        {value !== undefined && <p>{decision?.reason ?? 'Nothing was decided yet'}.</p>}
        <ul>
          {decision?.refused.map(({ agent, reason }) => (
            <li key={agent}>
              <a href={hrefOf(['agents', agent])}>{agent}</a> {reason}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** Tasks for agents as a table: how each stands, who works on it, what it took. */
import { count, duration, usd } from '../format';
import { Status, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import type { AgentTask } from '../shapes';

export function TaskTable({ title, tasks }: { readonly title: string; readonly tasks: readonly AgentTask[] }) {
  return (
    <section class="panel" aria-label={title}>
      <header class="panel-head">
        <h2>{title}</h2>
      </header>
      <Table
        label={title}
        rows={tasks}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Stands', kind: 'short', cell: ({ state }) => <Status of={state} /> },
          { name: 'Does', kind: 'wide', cell: whatOf },
          { name: 'By', kind: 'short', cell: ({ agent, type = 'any' }) => agent ?? <span class="faint">{type}</span> },
          { name: 'Asked', kind: 'short', cell: ({ submittedAt }) => <When at={submittedAt} /> },
          { name: 'Took', kind: 'number', cell: tookOf },
          { name: 'Tokens', kind: 'number', cell: ({ usage }) => count(usage.inputTokens + usage.outputTokens) },
          { name: 'Cost', kind: 'number', cell: ({ usage }) => usd(usage.costUsd) },
        ]}
      />
    </section>
  );
}

function whatOf({ id, capability, description, reason }: AgentTask) {
  return (
    <span>
      <a href={hrefOf(['agent-tasks', id])}>{capability}</a>{' '}
      {reason !== undefined && <strong>{reason.replaceAll('_', ' ')} </strong>}
      {description !== undefined && <span class="faint">{description}</span>}
    </span>
  );
}

function tookOf({ startedAt, endedAt }: AgentTask): string {
  return startedAt === undefined || endedAt === undefined ? '' : duration(Date.parse(endedAt) - Date.parse(startedAt));
}

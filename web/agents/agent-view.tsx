/** One agent: how it is and why, what it works on, how its last day went, its tasks and its messages. */
import type { ViewOf } from '../app';
import { count, duration, moment, usd } from '../format';
import { useAsked, useTitle } from '../hooks';
import { Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { JsonView } from '../parts/json-view';
import { hrefOf } from '../place';
import { useMay, useSession } from '../session';
import type { AgentDetail, AgentTask } from '../shapes';
import { Messages } from './messages';
import { SetStatus } from './set-status';
import { TaskTable } from './task-table';
import { WaitingTasks } from './waiting-tasks';

const FRESH_EVERY_MS = 5000;

export function AgentView({ place }: ViewOf) {
  const [, id = ''] = place.path;
  useTitle(id);
  const address = `/agents/${encodeURIComponent(id)}`;
  const { value: agent, refusal, again } = useAsked<AgentDetail>(address, FRESH_EVERY_MS);
  const reads = useMay('agent-task:read');
  const { id: caller } = useSession();
  const reports = useMay('agent:report');
  const manages = useMay('agent:manage');
  const tasks = useAsked<{ tasks: readonly AgentTask[] }>(
    reads ? `/agent-tasks?agent=${encodeURIComponent(id)}&limit=20` : undefined,
    FRESH_EVERY_MS,
  );
  if (agent === undefined)
    return <View title={id}>{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  const list = tasks.value?.tasks ?? [];
  return (
    <View
      title={
        <>
          {agent.name} <Status of={agent.status} />
        </>
      }
      facts={<Facts agent={agent} />}
      actions={(manages || (reports && caller === id)) && <SetStatus agent={agent} changed={again} />}
    >
      <Refused refusal={refusal ?? tasks.refusal} />
      <Standing agent={agent} />
      <Figures agent={agent} />
      {reads && <WaitingTasks agents={[agent]} type={agent.type} />}
      {list.length > 0 && <TaskTable title="Its tasks" tasks={list} />}
      <Messages id={id} chosen={place.query['message']} />
    </View>
  );
}

function Facts({ agent }: { readonly agent: AgentDetail }) {
  const { id, type, pool, slots, priority, heard, capabilities } = agent;
  return (
    <>
      <Fact name="id">
        <code>{id}</code>
      </Fact>
      <Fact name="type">{type}</Fact>
      <Fact name="pool">{pool}</Fact>
      <Fact name="priority">{priority}</Fact>
      <Fact name="slots">
        {slots.used} of {slots.total} taken
      </Fact>
      <Fact name="can">{capabilities.join(', ')}</Fact>
      {heard !== undefined && (
        <>
          <Fact name="heard">
            <When at={heard.at} />
          </Fact>
          <Fact name="runs since">
            <When at={heard.startedAt} />
          </Fact>
          <Fact name="build">{heard.build}</Fact>
        </>
      )}
    </>
  );
}

/** What it says of itself, and what somebody has set over it. */
function Standing({ agent: { derived, override, heard, type, id, working, config, metadata } }: Given) {
  const data = { ...(isEmpty(config) ? {} : { config }), ...(isEmpty(metadata) ? {} : { metadata }) };
  return (
    <>
      {override !== undefined && (
        <div class="banner is-paused">
          <strong>Set to {override.status}</strong> by {override.by}, until {moment(override.until)} (
          <When at={override.until} />
          ). By itself it is {derived}.
          {typeof override.metadata['note'] === 'string' && ` ${override.metadata['note']}`}
        </div>
      )}
      {heard === undefined && (
        <div class="banner">
          No process of it runs. Start one:{' '}
          <code>
            npm run worker -- agent --type {type} --id {id}
          </code>
        </div>
      )}
      {working.map((task) => (
        <div class="banner is-working" key={task.taskId}>
          Works on <a href={hrefOf(['agent-tasks', task.taskId])}>{task.capability}</a> since <When at={task.since} />,{' '}
          {task.state}
        </div>
      ))}
      {!isEmpty(data) && (
        <section class="panel" aria-label="Configuration">
          <JsonView value={data} />
        </section>
      )}
    </>
  );
}

interface Given {
  readonly agent: AgentDetail;
}

function isEmpty(data: object): boolean {
  return Object.keys(data).length === 0;
}

function Figures({ agent: { figures } }: Given) {
  const { durationMs, queueWaitMs, approvals, lastError } = figures;
  const spread = (of: typeof durationMs): string =>
    of === undefined ? '–' : `${duration(of.p50)} / ${duration(of.p95)}`;
  const all = [
    ['completed', count(figures.completed)],
    ['failed', count(figures.failed)],
    ['canceled', count(figures.canceled)],
    ['rejected', count(figures.rejected)],
    ['work, p50 / p95', spread(durationMs)],
    ['queue, p50 / p95', spread(queueWaitMs)],
    ['tokens in / out', `${count(figures.inputTokens)} / ${count(figures.outputTokens)}`],
    ['cost', usd(figures.costUsd)],
    [
      'approvals given',
      approvals.rate === undefined
        ? '–'
        : `${approvals.given} of ${approvals.asked}, ${Math.round(approvals.rate * 100)} %`,
    ],
  ] as const;
  return (
    <section class="panel" aria-label="Last 24 hours">
      <header class="panel-head">
        <h2>Last 24 hours</h2>
        {lastError !== undefined && (
          <span>
            Last error <code>{lastError.type}</code>, <When at={lastError.at} />
          </span>
        )}
      </header>
      <dl class="figures">
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Messages to an agent: what became of each, and what one says, as far as the caller may read it. */
import { useAsked } from '../hooks';
import { JsonView } from '../parts/json-view';
import { Fact, Loading, Refused, Status, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import type { AgentMessage, AgentMessageDetail } from '../shapes';

const FRESH_EVERY_MS = 5000;

interface MessagesProps {
  /** Of the agent. */
  readonly id: string;
  /** Id of a message. */
  readonly chosen: string | undefined;
}

export function Messages({ id, chosen }: MessagesProps) {
  const address = `/agents/${encodeURIComponent(id)}/messages`;
  const { value, refusal } = useAsked<{ messages: readonly AgentMessage[] }>(`${address}?limit=20`, FRESH_EVERY_MS);
  const messages = value?.messages ?? [];
  return (
    <section class="panel" aria-label="Messages">
      <header class="panel-head">
        <h2>Messages</h2>
        {value !== undefined && messages.length === 0 && <span class="faint">Nobody has sent it one.</span>}
      </header>
      <Refused refusal={refusal} />
      {chosen !== undefined && <Message address={`${address}/${encodeURIComponent(chosen)}`} agent={id} />}
      {messages.length > 0 && (
        <Table
          label="Messages"
          rows={messages}
          keyOf={(one) => one.id}
          columns={[
            { name: 'Stands', kind: 'short', cell: ({ state }) => <Status of={state} /> },
            {
              name: 'Asks for',
              kind: 'wide',
              cell: (one) => (
                <span>
                  <a href={hrefOf(['agents', id], { message: one.id })}>{one.type}</a>{' '}
                  {one.reason !== undefined && <strong>{one.reason.replaceAll('_', ' ')}</strong>}
                </span>
              ),
            },
            { name: 'From', cell: ({ from }) => from },
            { name: 'Priority', kind: 'short', cell: ({ priority }) => priority },
            { name: 'Sent', kind: 'short', cell: ({ sentAt }) => <When at={sentAt} /> },
            { name: 'Settled', kind: 'short', cell: ({ settledAt }) => settledAt && <When at={settledAt} /> },
          ]}
        />
      )}
    </section>
  );
}

function Message({ address, agent }: { readonly address: string; readonly agent: string }) {
  const { value, refusal } = useAsked<AgentMessageDetail>(address, FRESH_EVERY_MS);
  if (value === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  const { type, from, state, taskId, correlationId, payload, answer } = value;
  return (
    <section class="pad message" aria-label={`Message ${type}`}>
      <p class="facts">
        <strong>{type}</strong> <Status of={state} />
        <Fact name="from">{from}</Fact>
        {correlationId !== undefined && <Fact name="correlation">{correlationId}</Fact>}
        {taskId !== undefined && <a href={hrefOf(['agent-tasks', taskId])}>its task</a>}
        <a href={hrefOf(['agents', agent])}>Close</a>
      </p>
      <h3>Payload</h3>
      <JsonView value={payload ?? null} />
      {answer !== undefined && (
        <>
          <h3>
            Answer, <When at={answer.at} />
          </h3>
          <JsonView value={answer.data} />
        </>
      )}
    </section>
  );
}

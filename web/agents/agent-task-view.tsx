/** One task for an agent: who was chosen and why, its times, what it used, what came of it; and cancelling it. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { count, duration, usd } from '../format';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Dialog } from '../parts/dialog';
import { JsonView } from '../parts/json-view';
import { Button, Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { AgentTaskDetail } from '../shapes';
import { decisionOf } from './waiting';

const FRESH_EVERY_MS = 3000;

export function AgentTaskView({ place }: ViewOf) {
  const [, id = ''] = place.path;
  useTitle(`Task ${id}`);
  const address = `/agent-tasks/${encodeURIComponent(id)}`;
  const { value: task, refusal, again } = useAsked<AgentTaskDetail>(address, FRESH_EVERY_MS);
  const cancels = useMay('agent-task:cancel');
  if (task === undefined)
    return <View title="Task">{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  const { capability, state, description, error, output } = task;
  return (
    <View
      title={
        <>
          {capability} <Status of={state} />
        </>
      }
      facts={<Facts task={task} />}
      actions={cancels && task.endedAt === undefined && <Cancel address={address} done={again} />}
    >
      <Refused refusal={refusal} />
      {description !== undefined && <p>{description}</p>}
      {error !== undefined && (
        <section class="failure" aria-label="Failure">
          <h2>{error.title}</h2>
          <p class="failure-detail">{error.detail}</p>
          <p>
            {error.step !== undefined && (
              <>
                In the step <code>{error.step}</code>.{' '}
              </>
            )}
            {error.provider !== undefined && `By ${error.provider}. `}
            <span class="faint">{error.type}</span>
          </p>
        </section>
      )}
      <Choice task={task} />
      {output !== undefined && (
        <section class="panel" aria-label="Output">
          <header class="panel-head">
            <h2>Output</h2>
          </header>
          <JsonView value={output} />
        </section>
      )}
    </View>
  );
}

interface Given {
  readonly task: AgentTaskDetail;
}

function Facts({ task }: Given) {
  const { id, type, agent, pool, priority, parent, requestedBy, submittedAt, startedAt, endedAt } = task;
  const { deadline, attempts, usage, reason, byHand, cancelled } = task;
  const between = (from: string, to: string): string => duration(Date.parse(to) - Date.parse(from));
  return (
    <>
      <Fact name="id">
        <code>{id}</code>
      </Fact>
      {type !== undefined && <Fact name="type">{type}</Fact>}
      {pool !== undefined && <Fact name="pool">{pool}</Fact>}
      {agent !== undefined && (
        <Fact name="agent">
          <a href={hrefOf(['agents', agent])}>{agent}</a>
        </Fact>
      )}
      <Fact name="priority">{priority}</Fact>
      {requestedBy !== undefined && <Fact name="asked by">{requestedBy}</Fact>}
      <Fact name="asked">
        <When at={submittedAt} />
      </Fact>
      {startedAt !== undefined && <Fact name="in the queue">{between(submittedAt, startedAt)}</Fact>}
      {startedAt !== undefined && endedAt !== undefined && <Fact name="worked">{between(startedAt, endedAt)}</Fact>}
      {deadline !== undefined && (
        <Fact name="deadline">
          <When at={deadline} />
        </Fact>
      )}
      <Fact name="attempts">{attempts}</Fact>
      <Fact name="tokens">{count(usage.inputTokens + usage.outputTokens)}</Fact>
      <Fact name="cost">{usd(usage.costUsd)}</Fact>
      {reason !== undefined && <Fact name="reason">{reason.replaceAll('_', ' ')}</Fact>}
      {cancelled !== undefined && <Fact name="cancelled">{cancelled.detail}</Fact>}
      {byHand !== undefined && <a href={hrefOf(['executions', byHand])}>People are asked</a>}
      {parent !== undefined && <a href={hrefOf(['executions', parent])}>The execution that asks</a>}
      <a href={hrefOf(['executions', `agt-${id}`])}>Its own execution</a>
    </>
  );
}

/** Why this agent, or why none. */
function Choice({ task }: Given) {
  const decision = decisionOf(task);
  if (decision === undefined) return null;
  return (
    <section class="panel" aria-label="Which agent, and why">
      <header class="panel-head">
        <h2>Which agent, and why</h2>
      </header>
      <div class="pad">
        <p>{decision.reason}.</p>
        {decision.refused.length > 0 && (
          <ul>
            {decision.refused.map(({ agent, reason }) => (
              <li key={agent}>
                <a href={hrefOf(['agents', agent])}>{agent}</a> {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Cancel({ address, done }: { readonly address: string; readonly done: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const deed = useDeed();
  const go = async (): Promise<void> => {
    const body = reason.trim() === '' ? undefined : { reason: reason.trim() };
    if (!(await deed.run(() => ask(`${address}/cancel`, { method: 'POST', body })))) return;
    setOpen(false);
    done();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Cancel …</Button>
      {open && (
        <Dialog title="Cancel this task?" onClose={() => setOpen(false)}>
          <p>Whoever works on it is asked to stop. What was spent is charged as far as it is known.</p>
          <label class="field">
            <span>
              Why <span class="faint">optional</span>
            </span>
            <input value={reason} maxLength={1000} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
          <Refused refusal={deed.refusal} />
          <div class="actions">
            <Button kind="danger" disabled={deed.busy} onClick={() => void go()}>
              Cancel the task
            </Button>
            <Button onClick={() => setOpen(false)}>Leave it</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** One question: what is asked, the form of the answer, and whom it can be given to as well. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import type { Schema } from '../forms/field';
import { FormFields } from '../forms/schema-form';
import { useForm } from '../forms/use-form';
import { useAsked, useDeed } from '../hooks';
import { JsonView } from '../parts/json-view';
import { Button, Fact, Loading, Refused, Status, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Task } from '../shapes';

interface TaskPanelProps {
  readonly id: string;
  /** The list is no longer right. */
  readonly changed: () => void;
}

export function TaskPanel({ id, changed }: TaskPanelProps) {
  const { value: task, refusal, again } = useAsked<Task>(`/tasks/${encodeURIComponent(id)}`);
  const answers = useMay('task:answer');
  const done = (): void => {
    again();
    changed();
  };
  if (task === undefined)
    return <section class="panel pad">{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</section>;
  return (
    <section class="panel" aria-label="Question">
      <header class="panel-head">
        <h2>
          {task.description ?? task.step} <Status of={task.status === 'open' ? 'waiting' : task.status} />
        </h2>
      </header>
      <div class="pad facts">
        <Fact name="execution">
          <a href={hrefOf(['executions', task.executionId], { step: task.path })}>{task.workflow}</a>
        </Fact>
        <Fact name="step">
          <code>{task.path}</code>
        </Fact>
        <Fact name="may answer">
          {[...(task.roles.length === 0 ? ['anyone'] : task.roles), ...task.people].join(', ')}
        </Fact>
        <Fact name="asked">
          <When at={task.openedAt} />
        </Fact>
        {task.deadline !== undefined && (
          <Fact name="due">
            <When at={task.deadline} />
          </Fact>
        )}
        {task.reminded > 0 && <Fact name="reminders">{task.reminded}</Fact>}
        {task.delegations.map(({ to, by, at }) => (
          <Fact key={at} name="delegated">
            to {'role' in to ? to.role : to.person} by {by}
          </Fact>
        ))}
      </div>
      {task.call !== undefined && (
        <>
          <p class="pad">
            A model asks to call <code>{task.call.tool}</code> with these arguments; what is agreed to is this call
            alone:
          </p>
          <JsonView value={task.call.arguments} open={3} />
        </>
      )}
      {task.answer !== undefined && (
        <>
          <p class="pad">
            Answered by <strong>{task.answer.by}</strong>, <When at={task.answer.at} />
          </p>
          <JsonView value={task.answer.data} />
        </>
      )}
      {task.status === 'closed' && <p class="pad faint">The step ended without an answer.</p>}
      {task.status === 'open' && !answers && <p class="pad faint">You may read this and not answer it.</p>}
      {task.status === 'open' && answers && (
        <>
          <AnswerForm task={task} done={done} />
          <DelegateForm task={task} done={done} />
        </>
      )}
    </section>
  );
}

interface OfTask {
  readonly task: Task;
  readonly done: () => void;
}

function AnswerForm({ task, done }: OfTask) {
  const schema = (task.form ?? {}) as Schema;
  const form = useForm(schema, '/data');
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const sent = await form.send((data, key) =>
      ask(`/tasks/${encodeURIComponent(task.id)}/answer`, {
        method: 'POST',
        body: { data },
        headers: { 'Idempotency-Key': key },
      }),
    );
    if (sent) done();
  };
  return (
    <form class="form" noValidate onSubmit={(event) => void send(event)}>
      <FormFields schema={schema} draft={form.draft} faults={form.faults} onChange={form.change} />
      <Refused refusal={form.deed.refusal} />
      <div class="actions">
        <Button kind="first" type="submit" disabled={form.deed.busy}>
          Answer
        </Button>
      </div>
    </form>
  );
}

function DelegateForm({ task, done }: OfTask) {
  const [kind, setKind] = useState<'person' | 'role'>('person');
  const [word, setWord] = useState('');
  const deed = useDeed();
  if (task.roles.length === 0) return null;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const path = `/tasks/${encodeURIComponent(task.id)}/delegate`;
    if (await deed.run(() => ask(path, { method: 'POST', body: { to: { [kind]: word.trim() } } }))) {
      setWord('');
      done();
    }
  };
  return (
    <details class="pad">
      <summary>Let somebody else answer too</summary>
      <form class="actions" style={{ paddingTop: '8px' }} onSubmit={(event) => void send(event)}>
        <label>
          <span class="label">To a </span>
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as 'person' | 'role')}>
            <option value="person">person</option>
            <option value="role">role</option>
          </select>
        </label>
        <input
          aria-label="Name"
          required
          value={word}
          size={16}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
        <button class="button is-plain" disabled={deed.busy}>
          Delegate
        </button>
        <Refused refusal={deed.refusal} />
      </form>
    </details>
  );
}

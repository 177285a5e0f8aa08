/** The inbox: questions to people, who may answer and until when, and the form of the answer. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { useAsked, useTitle } from '../hooks';
import { Empty, Loading, Refused, Status, View, When } from '../parts/parts';
import { Master } from '../parts/master';
import { hrefOf } from '../place';
import type { Task } from '../shapes';
import { TaskPanel } from './task-panel';

/** Of `GET /tasks`. */
export interface Inbox {
  readonly tasks: readonly Task[];
  readonly unreachable: readonly string[];
  readonly next?: string;
}

const FRESH_EVERY_MS = 5000;

export function TasksView({ place }: ViewOf) {
  useTitle('Inbox');
  const chosen = place.path[1];
  const { role = '' } = place.query;
  const { value, refusal, again } = useAsked<Inbox>(
    `/tasks${role === '' ? '' : `?role=${encodeURIComponent(role)}`}`,
    FRESH_EVERY_MS,
  );
  return (
    <View title="Inbox" actions={<RoleFilter role={role} />}>
      <Refused refusal={refusal} />
      {value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <Master
          back={{ href: hrefOf(['tasks'], { role }), text: 'All questions' }}
          one={chosen !== undefined && <TaskPanel key={chosen} id={chosen} changed={again} />}
        >
          <section class="panel" aria-label="Open questions">
            <List inbox={value} chosen={chosen} role={role} />
          </section>
        </Master>
      )}
    </View>
  );
}

function RoleFilter({ role }: { readonly role: string }) {
  const [word, setWord] = useState(role);
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = hrefOf(['tasks'], { role: word.trim() });
      }}
    >
      <label>
        <span class="label">For the role </span>
        <input value={word} size={12} placeholder="any" onInput={(event) => setWord(event.currentTarget.value)} />
      </label>
      <button class="button is-plain">Filter</button>
    </form>
  );
}

interface ListProps {
  readonly inbox: Inbox;
  readonly chosen: string | undefined;
  readonly role: string;
}

function List({ inbox: { tasks, unreachable, next }, chosen, role }: ListProps) {
  return (
    <>
      {tasks.length === 0 && <Empty title="Nobody is asked anything." />}
      <ul class="rows">
        {tasks.map((task) => (
          <li key={task.id}>
            <a href={hrefOf(['tasks', task.id], { role })} aria-current={task.id === chosen ? 'true' : undefined}>
              <span class="rows-line">
                <strong>{task.description ?? task.step}</strong>
                {task.reminded > 0 && <Status of="waiting" title={`${task.reminded} reminders`} />}
              </span>
              <span class="rows-line faint">
                <span>
                  {task.workflow} · {task.roles.length === 0 ? 'anyone' : task.roles.join(', ')}
                </span>
                <span>
                  {task.deadline === undefined ? (
                    <>
                      asked <When at={task.openedAt} />
                    </>
                  ) : (
                    <>
                      due <When at={task.deadline} />
                    </>
                  )}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {unreachable.length > 0 && (
        <p class="pad faint">
          {unreachable.length} executions wait for people, and no engine worker told more of them.
        </p>
      )}
      {next !== undefined && <p class="pad faint">There are more. Filter by a role to see those.</p>}
    </>
  );
}

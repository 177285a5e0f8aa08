/** All definitions: what they are for, and which of them can be started. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { useAsked, useTitle } from '../hooks';
import { Empty, Loading, Refused, Status, View } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Workflow } from '../shapes';

export function DefinitionsView(_: ViewOf) {
  useTitle('Definitions');
  const { value, refusal } = useAsked<{ workflows: readonly Workflow[] }>('/workflows', 30_000);
  const [word, setWord] = useState('');
  const writes = useMay('workflow:publish');
  const found = value?.workflows.filter(({ id, name, description = '' }) =>
    `${id} ${name} ${description}`.toLowerCase().includes(word.trim().toLowerCase()),
  );
  return (
    <View
      title="Definitions"
      actions={
        <>
          <input
            type="search"
            aria-label="Find"
            placeholder="Find"
            value={word}
            onInput={(event) => setWord(event.currentTarget.value)}
          />
          {writes && <a href={hrefOf(['draft'])}>Check a draft</a>}
        </>
      }
    >
      <Refused refusal={refusal} />
      {found === undefined ? (
        refusal === undefined && <Loading />
      ) : found.length === 0 ? (
        <Empty title="No definition fits." />
      ) : (
        <div class="cards">
          {found.map((one) => (
            <article class="card" key={one.id}>
              <div class="card-head">
                <h2>
                  <a href={hrefOf(['definitions', one.id])}>{one.name}</a>
                </h2>
                {one.startable ? <span class="faint">v{one.version}</span> : <Status of="failed" title="It has errors" />}
              </div>
              <p class="faint">
                <code>{one.id}</code> · {one.origin === 'file' ? (one.file ?? 'file') : 'published'}
              </p>
              {one.description !== undefined && <p>{one.description}</p>}
              <p>
                <a href={hrefOf(['executions'], { workflow: one.id })}>Executions</a>
              </p>
            </article>
          ))}
        </div>
      )}
    </View>
  );
}

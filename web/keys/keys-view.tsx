/** Keys of the API: whom they speak for, when they were last used; making one, which is shown once, and revoking one. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Button, Loading, Refused, Status, View, When } from '../parts/parts';
import { useMay } from '../session';
import type { ApiKey } from '../shapes';
import { NewKeyForm } from './new-key-form';

export function KeysView(_: ViewOf) {
  useTitle('Keys');
  const { value, refusal, again } = useAsked<{ keys: readonly ApiKey[] }>('/keys');
  const manages = useMay('key:manage');
  const [making, setMaking] = useState(false);
  return (
    <View
      title="Keys"
      actions={
        manages && (
          <Button kind="first" onClick={() => setMaking(true)}>
            New key …
          </Button>
        )
      }
    >
      <Refused refusal={refusal} />
      {value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <div class="panel scrolls" tabIndex={0} role="group" aria-label="Keys">
          <table class="plain">
            <thead>
              <tr>
                {['Name', 'Speaks for', 'Roles', 'Stands', 'Last used', 'Made', 'Ends', ''].map((name) => (
                  <th scope="col" key={name}>
                    {name || <span class="faint">Revoke</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.keys.map((key) => (
                <Row key={key.id} one={key} manages={manages} changed={again} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {making && (
        <Dialog title="New key" onClose={() => setMaking(false)}>
          <NewKeyForm made={again} onClose={() => setMaking(false)} />
        </Dialog>
      )}
    </View>
  );
}

interface RowProps {
  readonly one: ApiKey;
  readonly manages: boolean;
  readonly changed: () => void;
}

function Row({ one, manages, changed }: RowProps) {
  const [asking, setAsking] = useState(false);
  const deed = useDeed();
  const revoke = async (): Promise<void> => {
    if (await deed.run(() => ask(`/keys/${encodeURIComponent(one.id)}/revoke`, { method: 'POST' }))) {
      setAsking(false);
      changed();
    }
  };
  return (
    <tr>
      <td>
        {one.name} <code class="faint">{one.id}</code>
      </td>
      <td>{one.owner}</td>
      <td>{[...one.roles, ...one.groups].join(', ')}</td>
      <td>
        <Status of={one.status} />
      </td>
      <td>{one.lastUsedAt === undefined ? 'never' : <When at={one.lastUsedAt} />}</td>
      <td>
        <When at={one.createdAt} /> by {one.createdBy}
      </td>
      <td>{one.expiresAt === undefined ? 'never' : <When at={one.expiresAt} />}</td>
      <td>
        {manages && one.status === 'active' && (
          <Button aria-label={`Revoke ${one.name}`} onClick={() => setAsking(true)}>
            Revoke …
          </Button>
        )}
        {asking && (
          <Dialog title={`Revoke ${one.name}?`} onClose={() => setAsking(false)}>
            <p>Within two seconds it opens nothing any more, nor do the sessions that began with it.</p>
            <Refused refusal={deed.refusal} />
            <div class="actions">
              <Button kind="danger" disabled={deed.busy} onClick={() => void revoke()}>
                Revoke
              </Button>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
            </div>
          </Dialog>
        )}
      </td>
    </tr>
  );
}

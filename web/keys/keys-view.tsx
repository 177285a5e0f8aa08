/** Keys of the API: whom they speak for, when they were last used; making one, which is shown once, and revoking one. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Table } from '../parts/table';
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
        <section class="panel" aria-label="All keys">
          <Table
            label="Keys"
            rows={value.keys}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Name', cell: nameOf },
              { name: 'Speaks for', kind: 'wide', cell: ({ owner }) => owner },
              { name: 'Roles', cell: ({ roles, groups }) => [...roles, ...groups].join(', ') },
              { name: 'Stands', kind: 'short', cell: ({ status }) => <Status of={status} /> },
              { name: 'Last used', kind: 'short', cell: ({ lastUsedAt }) => whenOr(lastUsedAt) },
              {
                name: 'Made',
                cell: ({ createdAt, createdBy }) => (
                  <span>
                    <When at={createdAt} /> by {createdBy}
                  </span>
                ),
              },
              { name: 'Ends', kind: 'short', cell: ({ expiresAt }) => whenOr(expiresAt) },
              {
                name: 'Revoke',
                cell: (one) => manages && one.status === 'active' && <Revoke one={one} changed={again} />,
              },
            ]}
          />
        </section>
      )}
      {making && (
        <Dialog title="New key" onClose={() => setMaking(false)}>
          <NewKeyForm made={again} onClose={() => setMaking(false)} />
        </Dialog>
      )}
    </View>
  );
}

function nameOf({ name, id }: ApiKey) {
  return (
    <span>
      {name} <code class="faint">{id}</code>
    </span>
  );
}

function whenOr(at: string | undefined) {
  return at === undefined ? 'never' : <When at={at} />;
}

interface RevokeProps {
  readonly one: ApiKey;
  readonly changed: () => void;
}

function Revoke({ one, changed }: RevokeProps) {
  const [asking, setAsking] = useState(false);
  const deed = useDeed();
  const revoke = async (): Promise<void> => {
    if (await deed.run(() => ask(`/keys/${encodeURIComponent(one.id)}/revoke`, { method: 'POST' }))) {
      setAsking(false);
      changed();
    }
  };
  return (
    <>
      <Button aria-label={`Revoke ${one.name}`} onClick={() => setAsking(true)}>
        Revoke …
      </Button>
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
    </>
  );
}

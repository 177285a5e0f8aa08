/** Makes a key, and shows it this once. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import { useDeed } from '../hooks';
import { Button, Refused } from '../parts/parts';

const ROLES = ['viewer', 'operator', 'author', 'reviewer', 'auditor', 'admin', 'agent'] as const;

interface NewKeyFormProps {
  /** The list is no longer right. */
  readonly made: () => void;
  readonly onClose: () => void;
}

export function NewKeyForm({ made, onClose }: NewKeyFormProps) {
  const [name, setName] = useState('');
  const [owner, setOwner] = useState('');
  const [roles, setRoles] = useState<readonly string[]>(['viewer']);
  const [key, setKey] = useState<string>();
  const deed = useDeed();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { name: name.trim(), owner: owner.trim(), roles };
    const done = await deed.run(async () =>
      setKey((await ask<{ key: string }>('/keys', { method: 'POST', body })).key),
    );
    if (done) made();
  };
  if (key !== undefined)
    return (
      <>
        <p>It is shown this once. Keep it where secrets are kept.</p>
        <p>
          <code style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>{key}</code>
        </p>
        <div class="actions">
          <Button kind="first" onClick={onClose}>
            I have it
          </Button>
        </div>
      </>
    );
  const turn = (role: string) => () =>
    setRoles(roles.includes(role) ? roles.filter((one) => one !== role) : [...roles, role]);
  return (
    <form class="alone-form" onSubmit={(event) => void send(event)}>
      <div class="field">
        <label for="key-name">Name</label>
        <input id="key-name" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for="key-owner">Speaks for</label>
        <input id="key-owner" required value={owner} onInput={(event) => setOwner(event.currentTarget.value)} />
      </div>
      <fieldset class="field">
        <legend>Roles</legend>
        <div class="actions">
          {ROLES.map((role) => (
            <label key={role} class="actions">
              <input type="checkbox" checked={roles.includes(role)} onChange={turn(role)} />
              {role}
            </label>
          ))}
        </div>
      </fieldset>
      <Refused refusal={deed.refusal} />
      <div class="actions">
        <Button kind="first" type="submit" disabled={deed.busy || roles.length === 0}>
          Make it
        </Button>
        <Button onClick={onClose}>Not now</Button>
      </div>
    </form>
  );
}

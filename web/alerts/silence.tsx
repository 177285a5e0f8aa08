/** Silences an alert for a while, or ends a silence. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import { useDeed } from '../hooks';
import { ForAWhile } from '../parts/for-a-while';
import { Button, Refused } from '../parts/parts';
import type { Alert } from '../shapes';

const LENGTHS = [
  ['2h', '2 hours'],
  ['30m', '30 minutes'],
  ['12h', '12 hours'],
  ['7d', '7 days'],
] as const;

interface SilenceProps {
  readonly alert: Alert;
  readonly changed: () => void;
}

export function Silence({ alert: { id, name, silence }, changed }: SilenceProps) {
  const [open, setOpen] = useState(false);
  const deed = useDeed();
  const send = async (body: object): Promise<void> => {
    const path = `/monitoring/alerts/${encodeURIComponent(id)}/silence`;
    if (!(await deed.run(() => ask(path, { method: 'POST', body })))) return;
    setOpen(false);
    changed();
  };
  if (silence !== undefined)
    return (
      <>
        <Button kind="first" disabled={deed.busy} onClick={() => void send({ for: '0s' })}>
          End the silence
        </Button>
        <Refused refusal={deed.refusal} />
      </>
    );
  return (
    <>
      <Button onClick={() => setOpen(true)}>Silence …</Button>
      {open && (
        <ForAWhile
          title={`Silence ${name}`}
          detail="It is looked at and on record all the same. If it still fires afterwards, somebody is told then."
          deed={deed}
          lengths={LENGTHS}
          done="Silence it"
          send={(length, reason) => void send({ for: length, ...(reason === '' ? {} : { reason }) })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

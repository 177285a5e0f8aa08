/** One alert: how it stands, what it reads, its silence, what has become of it; and changing or deleting it. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { duration, moment } from '../format';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Button, Changed, Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Alert, AlertEvent } from '../shapes';
import { Silence } from './silence';
import { deedsText, figuresText } from './standing';

const FRESH_EVERY_MS = 5000;

export function AlertView({ place }: ViewOf) {
  const [, id = ''] = place.path;
  useTitle(id);
  const address = `/monitoring/alerts/${encodeURIComponent(id)}`;
  const { value: alert, refusal, again } = useAsked<Alert>(address, FRESH_EVERY_MS);
  const manages = useMay('alert:manage');
  if (alert === undefined)
    return (
      <View title={id}>
        {refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}
        {refusal?.problem.status === 404 && <History address={address} />}
      </View>
    );
  const { name, description, state, enabled } = alert;
  return (
    <View
      title={
        <>
          {name} <Status of={enabled ? state : 'off'} />
        </>
      }
      facts={<Facts alert={alert} />}
      actions={
        manages && (
          <>
            <Silence alert={alert} changed={again} />
            <a class="button is-plain" href={hrefOf(['alert-rule', id])}>
              Change …
            </a>
            <Remove alert={alert} changed={again} />
          </>
        )
      }
    >
      <Refused refusal={refusal} />
      {description !== undefined && <p>{description}</p>}
      {alert.silence !== undefined && (
        <div class="banner is-paused">
          <strong>Silenced</strong> by {alert.silence.by}, until {moment(alert.silence.until)}. {alert.silence.reason}
        </div>
      )}
      {alert.seenAt === undefined && (
        <div class="banner">Nobody has looked at it yet. A worker of the engine does, every 30 seconds.</div>
      )}
      <History address={address} />
    </View>
  );
}

function Facts({ alert }: { readonly alert: Alert }) {
  const { id, condition, threshold, severity, duration: seconds, actions, since, seenAt, figures, changed } = alert;
  const read = figuresText(figures);
  return (
    <>
      <Fact name="id">
        <code>{id}</code>
      </Fact>
      <Fact name="condition">
        <code>{condition}</code>
      </Fact>
      {threshold !== undefined && <Fact name="threshold">{threshold}</Fact>}
      <Fact name="for">{duration(seconds * 1000)}</Fact>
      <Fact name="severity">
        <Status of={severity} />
      </Fact>
      <Fact name="does">{actions.join(', ')}</Fact>
      {since !== undefined && (
        <Fact name="so since">
          <When at={since} />
        </Fact>
      )}
      {seenAt !== undefined && (
        <Fact name="looked at">
          <When at={seenAt} />
        </Fact>
      )}
      <Fact name="reads">{read === '' ? 'nothing' : read}</Fact>
      {alert.builtIn && <Fact name="rule">{changed === undefined ? 'built in' : 'built in, changed'}</Fact>}
      <Changed by={changed?.by} at={changed?.at} />
    </>
  );
}

function History({ address }: { readonly address: string }) {
  const { value, refusal } = useAsked<{ events: readonly AlertEvent[] }>(`${address}/history`, FRESH_EVERY_MS);
  const events = value?.events ?? [];
  return (
    <section class="panel" aria-label="History">
      <header class="panel-head">
        <h2>History</h2>
        {value !== undefined && events.length === 0 && <span class="faint">Nothing in the last 30 days.</span>}
      </header>
      <Refused refusal={refusal} />
      {events.length > 0 && (
        <Table
          label="History"
          rows={events}
          keyOf={({ seq }) => seq}
          columns={[
            { name: 'When', kind: 'short', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
            { name: 'Became', kind: 'short', cell: ({ event }) => <Status of={event.state} /> },
            { name: 'From', kind: 'short', cell: ({ event }) => event.from },
            { name: 'Read', cell: ({ event }) => figuresText(event.figures) },
            { name: 'Done', kind: 'wide', cell: deedsText },
          ]}
        />
      )}
    </section>
  );
}

/** A built-in rule is not deleted but becomes as it was; one that nobody changed has nothing to go back to. */
function Remove({ alert: { id, name, builtIn, changed: byHand }, changed }: RemoveProps) {
  const [open, setOpen] = useState(false);
  const deed = useDeed();
  if (builtIn && byHand === undefined) return null;
  const go = async (): Promise<void> => {
    const path = `/monitoring/alerts/${encodeURIComponent(id)}`;
    if (!(await deed.run(() => ask(path, { method: 'DELETE' })))) return;
    setOpen(false);
    if (builtIn) changed();
    else location.hash = hrefOf(['alerts']);
  };
  const word = builtIn ? 'As it was' : 'Delete';
  return (
    <>
      <Button onClick={() => setOpen(true)}>{word} …</Button>
      {open && (
        <Dialog
          title={builtIn ? `Take back the changes of ${name}?` : `Delete ${name}?`}
          onClose={() => setOpen(false)}
        >
          <p>{builtIn ? 'The rule is as it came.' : 'Who was told that it fires is told of its end.'}</p>
          <Refused refusal={deed.refusal} />
          <div class="actions">
            <Button kind="danger" disabled={deed.busy} onClick={() => void go()}>
              {word}
            </Button>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface RemoveProps {
  readonly alert: Alert;
  readonly changed: () => void;
}

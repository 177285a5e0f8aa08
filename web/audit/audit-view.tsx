/** The audit log: who did what and what came of it, and whether every row is as it was written. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useTitle } from '../hooks';
import { moment } from '../format';
import { Table } from '../parts/table';
import { Button, Empty, Loading, Refused, Status, View } from '../parts/parts';
import { hrefOf } from '../place';
import type { AuditRecord, Verification } from '../shapes';

const FILTERS = [
  ['actor', 'Who'],
  ['action', 'Did'],
  ['resource', 'To'],
] as const;

export function AuditView({ place: { query } }: ViewOf) {
  useTitle('Audit');
  const asked = new URLSearchParams(query).toString();
  const { value, refusal } = useAsked<{ events: readonly AuditRecord[]; next?: string }>(`/audit?${asked}`);
  return (
    <View title="Audit" actions={<Verify />}>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const words = [...new FormData(event.currentTarget)].map(([name, word]) => [
            name,
            typeof word === 'string' ? word.trim() : '',
          ]);
          location.hash = hrefOf(['audit'], Object.fromEntries(words) as Record<string, string>);
        }}
      >
        {FILTERS.map(([name, text]) => (
          <label key={name}>
            <span class="label">{text}</span>
            <input name={name} defaultValue={query[name] ?? ''} size={16} />
          </label>
        ))}
        <label>
          <span class="label">Outcome</span>
          <select name="outcome" defaultValue={query['outcome'] ?? ''}>
            <option value="">any</option>
            <option>allowed</option>
            <option>denied</option>
            <option>failed</option>
          </select>
        </label>
        <button class="button is-plain">Filter</button>
      </form>
      <Refused refusal={refusal} />
      {value === undefined && refusal === undefined && <Loading />}
      {value !== undefined && value.events.length === 0 && <Empty title="No row fits." />}
      {value !== undefined && value.events.length > 0 && (
        <>
          <section class="panel" aria-label="Log">
            <Table
              label="Rows of the log"
              rows={value.events}
              keyOf={({ sequence }) => sequence}
              columns={[
                { name: 'When', kind: 'short', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
                {
                  name: 'Who',
                  cell: ({ actor: { id, kind, roles } }) => (
                    <span title={roles.join(', ')}>
                      {id} <span class="faint">{kind}</span>
                    </span>
                  ),
                },
                { name: 'Did', kind: 'short', cell: ({ action }) => action },
                {
                  name: 'To',
                  kind: 'wide',
                  cell: ({ resource: to }) => (to === undefined ? '' : [to.kind, to.id].filter(Boolean).join('/')),
                },
                { name: 'Outcome', kind: 'short', cell: ({ outcome }) => <Status of={outcome} /> },
                { name: 'Why', kind: 'short', cell: ({ reason }) => reason ?? '' },
              ]}
            />
          </section>
          {value.next !== undefined && <a href={hrefOf(['audit'], { ...query, cursor: value.next })}>Older rows</a>}
        </>
      )}
    </View>
  );
}

function Verify() {
  const [found, setFound] = useState<Verification>();
  const deed = useDeed();
  return (
    <>
      {found !== undefined && (
        <span role="status">
          {found.intact ? `All ${found.rows} rows are as they were written.` : found.fault?.detail}
        </span>
      )}
      <Button
        disabled={deed.busy}
        onClick={() => void deed.run(async () => setFound(await ask<Verification>('/audit/verify')))}
      >
        Verify
      </Button>
      <Refused refusal={deed.refusal} />
    </>
  );
}

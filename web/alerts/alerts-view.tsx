/** Alerts: how each stands, what it read last, who silenced it; those that fire first. */
import type { ViewOf } from '../app';
import { useAsked, useTitle } from '../hooks';
import { Loading, Refused, Status, View, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Alert } from '../shapes';
import { figuresText, inOrder } from './standing';

const FRESH_EVERY_MS = 10_000;

export function AlertsView(_: ViewOf) {
  useTitle('Alerts');
  const { value, refusal } = useAsked<{ alerts: readonly Alert[] }>('/monitoring/alerts', FRESH_EVERY_MS);
  const manages = useMay('alert:manage');
  return (
    <View
      title="Alerts"
      actions={
        manages && (
          <a class="button is-first" href={hrefOf(['alert-rule'])}>
            New alert …
          </a>
        )
      }
    >
      <Refused refusal={refusal} />
      {value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <section class="panel" aria-label="All alerts">
          <Table
            label="Alerts"
            rows={inOrder(value.alerts)}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Stands',
                kind: 'short',
                cell: ({ state, enabled, silence }) => (
                  <span>
                    <Status of={enabled ? state : 'off'} />
                    {silence !== undefined && <Status of="silenced" />}
                  </span>
                ),
              },
              {
                name: 'Alert',
                kind: 'wide',
                cell: ({ id, name, condition }) => (
                  <span>
                    <a href={hrefOf(['alerts', id])}>{name}</a> <code class="faint">{condition}</code>
                  </span>
                ),
              },
              { name: 'Severity', kind: 'short', cell: ({ severity }) => <Status of={severity} /> },
              { name: 'Reads', cell: ({ figures }) => figuresText(figures) },
              { name: 'Since', kind: 'short', cell: ({ since }) => since && <When at={since} /> },
            ]}
          />
        </section>
      )}
    </View>
  );
}

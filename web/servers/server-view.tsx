/** One provider: whether it answers, how its calls go, its limits, and what its tools cost. */
import type { ViewOf } from '../app';
import { moment } from '../format';
import { useAsked, useTitle } from '../hooks';
import { Loading, Refused, Status, View, Words } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Server, Tool } from '../shapes';
import { priceTexts } from './price';
import { StandingFacts } from './standing';

/** Each look asks the vendor whether it is there. */
const FRESH_EVERY_MS = 30_000;

export function ServerView({ place }: ViewOf) {
  const [, name = ''] = place.path;
  useTitle(name);
  const { value: server, refusal } = useAsked<Server>(`/servers/${encodeURIComponent(name)}`, FRESH_EVERY_MS);
  const reads = useMay('tool:read');
  const tools = useAsked<{ tools: readonly Tool[] }>(reads ? `/tools?provider=${encodeURIComponent(name)}` : undefined);
  if (server === undefined)
    return <View title={name}>{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  const { title, status, reason, standing, variables } = server;
  const { lastError } = standing;
  return (
    <View
      title={
        <>
          {title} <Status of={status} />
        </>
      }
      facts={<StandingFacts standing={standing} />}
      actions={<a href={hrefOf(['providers'])}>All providers</a>}
    >
      <Refused refusal={refusal ?? tools.refusal} />
      {reason !== undefined && <div class="banner">{reason}</div>}
      {lastError !== undefined && (
        <div class="banner is-failed">
          <strong>Last error</strong> {moment(lastError.at)}: {lastError.detail}{' '}
          <span class="faint">{lastError.type}</span>
        </div>
      )}
      {(tools.value?.tools.length ?? 0) > 0 && (
        <section class="panel" aria-label="Tools and prices">
          <header class="panel-head">
            <h2>Tools and prices</h2>
            <span class="faint">of the model that is taken when a step names none</span>
          </header>
          <Table
            label="Tools and prices"
            rows={tools.value?.tools ?? []}
            keyOf={(tool) => tool.name}
            columns={[
              { name: 'Tool', kind: 'short', cell: (tool) => <code>{tool.name}</code> },
              { name: 'Does', kind: 'wide', cell: (tool) => <Words text={tool.description} /> },
              { name: 'Model', cell: ({ providers: [one] }) => one?.model && <code>{one.model}</code> },
              {
                name: 'Price',
                kind: 'short',
                cell: ({ providers: [one] }) => (
                  <span>
                    {priceTexts(one?.price).map((text) => (
                      <div key={text}>{text}</div>
                    ))}
                  </span>
                ),
              },
            ]}
          />
        </section>
      )}
      {variables.length > 0 && (
        <section class="panel" aria-label="Variables">
          <header class="panel-head">
            <h2>Variables</h2>
          </header>
          <Table
            label="Variables"
            rows={variables}
            keyOf={(one) => one.name}
            columns={[
              { name: 'Name', kind: 'short', cell: (one) => <code>{one.name}</code> },
              { name: 'Needed', kind: 'short', cell: ({ required }) => (required ? 'yes' : 'no') },
              { name: 'What it is', kind: 'wide', cell: ({ description }) => <Words text={description} /> },
            ]}
          />
        </section>
      )}
    </View>
  );
}

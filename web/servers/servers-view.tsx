/** Providers: which are configured, how they answer, what their breakers do. */
import type { ViewOf } from '../app';
import { useAsked, useTitle } from '../hooks';
import { Loading, Refused, Status, Tabs, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import type { Server } from '../shapes';
import { StandingFacts, Variables } from './standing';

/** Each look asks every vendor whether it is there. */
const FRESH_EVERY_MS = 30_000;

export function ServersView({ place }: ViewOf) {
  useTitle('Providers');
  const { value, refusal } = useAsked<{ servers: readonly Server[] }>('/servers', FRESH_EVERY_MS);
  const { show = 'configured' } = place.query;
  const servers = value?.servers ?? [];
  const ready = servers.filter(({ status }) => status !== 'unconfigured');
  const missing = servers.filter(({ status }) => status === 'unconfigured');
  return (
    <View title="Providers">
      <Refused refusal={refusal} />
      {value === undefined && refusal === undefined && <Loading />}
      {value !== undefined && (
        <>
          <Tabs
            label="Providers"
            current={show}
            tabs={[
              { name: 'configured', href: hrefOf(['providers']), text: `Configured ${ready.length}` },
              {
                name: 'missing',
                href: hrefOf(['providers'], { show: 'missing' }),
                text: `Not configured ${missing.length}`,
              },
            ]}
          />
          <div class="cards">
            {(show === 'missing' ? missing : ready).map((server) => (
              <ServerCard key={server.name} server={server} />
            ))}
          </div>
        </>
      )}
    </View>
  );
}

function ServerCard({ server }: { readonly server: Server }) {
  const { name, title, status, reason, standing, tools, variables } = server;
  const { lastError } = standing;
  return (
    <article class="card">
      <div class="card-head">
        <h2>
          <a href={hrefOf(['providers', name])}>{title}</a> <code class="faint">{name}</code>
        </h2>
        <Status of={status} />
      </div>
      {reason !== undefined && <p>{reason}</p>}
      {status !== 'unconfigured' && (
        <p class="facts">
          <StandingFacts standing={standing} />
        </p>
      )}
      {lastError !== undefined && (
        <p class="faint">
          Last error, <When at={lastError.at} />: {lastError.detail}
        </p>
      )}
      <p class="faint">{tools.join(', ')}</p>
      {status === 'unconfigured' && variables.length > 0 && (
        <p class="faint">
          Reads <Variables variables={variables} />
        </p>
      )}
    </article>
  );
}

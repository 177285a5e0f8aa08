/** Providers: which are configured, how they answer, what their breakers do. */
import type { ViewOf } from '../app';
import { duration } from '../format';
import { useAsked, useTitle } from '../hooks';
import { Fact, Loading, Refused, Status, Tabs, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import type { Server } from '../shapes';

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
  const { breaker, calls, underWay, errorRate, latencyMs, lastError, shutUntil, limits } = standing;
  return (
    <article class="card">
      <div class="card-head">
        <h2>
          {title} <code class="faint">{name}</code>
        </h2>
        <Status of={status} />
      </div>
      {reason !== undefined && <p>{reason}</p>}
      {status !== 'unconfigured' && (
        <p class="facts">
          <Fact name="breaker">
            <span class={`status is-${breaker}`}>{breaker}</span>
          </Fact>
          {shutUntil !== undefined && (
            <Fact name="opens">
              <When at={shutUntil} />
            </Fact>
          )}
          <Fact name="running">{underWay}</Fact>
          <Fact name="last calls">{calls}</Fact>
          {errorRate !== undefined && <Fact name="failed">{Math.round(errorRate * 100)} %</Fact>}
          {latencyMs !== undefined && <Fact name="median">{duration(latencyMs)}</Fact>}
          {limits.perSecond !== undefined && <Fact name="limit">{limits.perSecond} a second</Fact>}
          {limits.concurrent !== undefined && <Fact name="at once">{limits.concurrent}</Fact>}
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
          Reads{' '}
          {variables.map((variable, index) => (
            <span key={variable.name} title={variable.description}>
              {index > 0 && ', '}
              <code>{variable.name}</code>
            </span>
          ))}
        </p>
      )}
    </article>
  );
}

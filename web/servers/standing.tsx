/** How calls of a provider go, its limits, and the variables that it reads. */
import { duration } from '../format';
import { Fact, When } from '../parts/parts';
import type { Server } from '../shapes';

export function StandingFacts({ standing }: { readonly standing: Server['standing'] }) {
  const { breaker, calls, underWay, errorRate, latencyMs, shutUntil, limits } = standing;
  return (
    <>
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
      <Limits limits={limits} />
    </>
  );
}

function Limits({ limits }: Pick<Server['standing'], 'limits'>) {
  const { perSecond, burst, shared, concurrent, failures, openMs } = limits;
  return (
    <>
      {perSecond !== undefined && (
        <Fact name="at most">
          {perSecond} a second{shared === true && ', all processes together'}
        </Fact>
      )}
      {burst !== undefined && <Fact name="burst">{burst}</Fact>}
      {concurrent !== undefined && <Fact name="at once">{concurrent}</Fact>}
      {failures !== undefined && <Fact name="breaker opens after">{failures} failures</Fact>}
      {openMs !== undefined && <Fact name="stays open">{duration(openMs)}</Fact>}
    </>
  );
}

export function Variables({ variables }: Pick<Server, 'variables'>) {
  return (
    <>
      {variables.map(({ name, description }, index) => (
        <span key={name} title={description}>
          {index > 0 && ', '}
          <code>{name}</code>
        </span>
      ))}
    </>
  );
}

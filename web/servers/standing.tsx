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
      {limits.perSecond !== undefined && <Fact name="limit">{limits.perSecond} a second</Fact>}
      {limits.concurrent !== undefined && <Fact name="at once">{limits.concurrent}</Fact>}
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

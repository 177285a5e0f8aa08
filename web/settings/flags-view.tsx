/** Feature flags: on or off, for which share of starts, by whose hand; executions that run keep what they began with. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Button, Changed, Empty, Fact, Loading, Refused, Status, View, Words } from '../parts/parts';
import { Master } from '../parts/master';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Flag } from '../shapes';
import { History } from './history';
import { Unusable } from './unusable';

export function FlagsView({ place }: ViewOf) {
  useTitle('Flags');
  const { value, refusal, again } = useAsked<{ featureFlags: readonly Flag[] }>('/config/feature-flags', 10_000);
  const chosen = value?.featureFlags.find(({ name }) => name === place.path[1]);
  return (
    <View title="Flags" facts={<span class="faint">Executions that run keep what they began with.</span>}>
      <Refused refusal={refusal} />
      {value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <Master
          back={{ href: hrefOf(['flags']), text: 'All flags' }}
          one={chosen && <FlagPanel key={`${chosen.name} ${chosen.version}`} flag={chosen} changed={again} />}
        >
          <section class="panel" aria-label="All flags">
            {value.featureFlags.length === 0 && <Empty title="There is no flag." />}
            <ul class="rows">
              {value.featureFlags.map((flag) => (
                <li key={flag.name}>
                  <a href={hrefOf(['flags', flag.name])} aria-current={flag.name === chosen?.name ? 'true' : undefined}>
                    <span class="rows-line">
                      <strong>{flag.name}</strong>
                      <Status of={flag.enabled ? 'on' : 'off'} />
                    </span>
                    <span class="rows-line faint">
                      <span>
                        <Words text={flag.description} />
                      </span>
                      <span>
                        {flag.enabled && flag.rolloutPercentage < 100 ? `${flag.rolloutPercentage} %` : flag.origin}
                      </span>
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        </Master>
      )}
    </View>
  );
}

function FlagPanel({ flag, changed }: { readonly flag: Flag; readonly changed: () => void }) {
  const { name, enabled, rolloutPercentage, targeting, origin, version, changedBy, changedAt, unusable } = flag;
  const [share, setShare] = useState(String(rolloutPercentage));
  const writes = useMay('config:write');
  const deed = useDeed();
  const path = `/config/feature-flags/${encodeURIComponent(name)}`;
  const set = async (body: { enabled: boolean; options?: { rolloutPercentage: number } }): Promise<void> => {
    const headers = { 'If-Match': `"${version}"` };
    if (await deed.run(() => ask(path, { method: 'POST', body, headers }))) changed();
  };
  return (
    <section class="panel" aria-label={`Flag ${name}`}>
      <header class="panel-head">
        <h2>
          {name} <Status of={enabled ? 'on' : 'off'} />
        </h2>
        {writes && (
          <Button kind="first" disabled={deed.busy} onClick={() => void set({ enabled: !enabled })}>
            Turn {enabled ? 'off' : 'on'}
          </Button>
        )}
      </header>
      <div class="pad facts">
        <Fact name="for">{rolloutPercentage} % of starts</Fact>
        <Fact name="comes from">{origin}</Fact>
        <Fact name="version">{version}</Fact>
        <Changed by={changedBy} at={changedAt} />
      </div>
      <Unusable unusable={unusable} />
      {targeting.map(({ when, enabled: on, rolloutPercentage: part = 100 }, index) => (
        <p class="pad" key={index}>
          When <code>{when}</code>: {on ? `on for ${part} %` : 'off'}
        </p>
      ))}
      {writes && (
        <form
          class="pad actions"
          onSubmit={(event) => {
            event.preventDefault();
            void set({ enabled, options: { rolloutPercentage: Number(share) } });
          }}
        >
          <label>
            <span class="label">Rollout </span>
            <input
              type="number"
              min={0}
              max={100}
              step="any"
              required
              value={share}
              onInput={(event) => setShare(event.currentTarget.value)}
            />{' '}
            %
          </label>
          <button class="button is-plain" disabled={deed.busy || share === String(rolloutPercentage)}>
            Set
          </button>
        </form>
      )}
      <Refused refusal={deed.refusal} />
      <History path={path} version={version} changed={changed} />
    </section>
  );
}

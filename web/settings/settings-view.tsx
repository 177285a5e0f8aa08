/** Settings by section: what counts now, which layer says it, what it was, and changing what can be changed while the platform runs. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useTitle } from '../hooks';
import { Changed, Fact, Loading, Refused, View, Words } from '../parts/parts';
import { Master } from '../parts/master';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Setting } from '../shapes';
import { History } from './history';
import { Unusable } from './unusable';

interface Sections {
  readonly sections: readonly { readonly name: string; readonly keys: readonly string[] }[];
}

export function SettingsView({ place }: ViewOf) {
  useTitle('Settings');
  const { value, refusal } = useAsked<Sections>('/config/sections');
  const [, section, key] = place.path;
  return (
    <View title="Settings" facts={<span class="faint">Executions that run keep what they began with.</span>}>
      <Refused refusal={refusal} />
      {value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <Master
          back={{ href: hrefOf(['settings']), text: 'All sections' }}
          one={section !== undefined && <Section key={section} name={section} chosen={key} />}
        >
          <nav class="panel" aria-label="Sections">
            <ul class="rows">
              {value.sections.map(({ name, keys }) => (
                <li key={name}>
                  <a href={hrefOf(['settings', name])} aria-current={name === section ? 'true' : undefined}>
                    <span class="rows-line">
                      <strong>{name}</strong>
                      <span class="faint">{keys.length}</span>
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </Master>
      )}
    </View>
  );
}

function Section({ name, chosen }: { readonly name: string; readonly chosen: string | undefined }) {
  const { value, refusal, again } = useAsked<{ settings: readonly Setting[] }>(
    `/config/${encodeURIComponent(name)}`,
    15_000,
  );
  if (value === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  return (
    <section class="panel" aria-label={`Section ${name}`}>
      <header class="panel-head">
        <h2>{name}</h2>
      </header>
      <ul class="rows">
        {value.settings.map((setting) => (
          <li key={setting.key}>
            <a
              href={hrefOf(setting.key === chosen ? ['settings', name] : ['settings', name, setting.key])}
              aria-expanded={setting.key === chosen}
            >
              <span class="rows-line">
                <strong>{setting.key}</strong>
                <code>
                  {setting.secret ? 'secret' : setting.value === undefined ? '' : JSON.stringify(setting.value)}
                </code>
              </span>
              <span class="rows-line faint">
                <span>
                  <Words text={setting.description ?? ''} />
                </span>
                <span>{setting.origin ?? 'not set'}</span>
              </span>
            </a>
            {setting.key === chosen && (
              <SettingPanel key={`${setting.key} ${setting.version}`} setting={setting} changed={again} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function SettingPanel({ setting, changed }: { readonly setting: Setting; readonly changed: () => void }) {
  const { section, key, value, layers, live, secret, variable, version, changedBy, changedAt, unusable } = setting;
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value));
  const [fault, setFault] = useState<string>();
  const writes = useMay('config:write');
  const deed = useDeed();
  const path = `/config/${encodeURIComponent(section)}/${encodeURIComponent(key)}`;
  const set = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const body = { value: JSON.parse(text) as unknown };
      setFault(undefined);
      const headers = { 'If-Match': `"${version}"` };
      if (await deed.run(() => ask(path, { method: 'PUT', body, headers }))) changed();
    } catch {
      setFault('must be JSON: texts in quotes');
    }
  };
  return (
    <div>
      <div class="pad facts">
        {layers.map(({ origin, value: said }) => (
          <Fact key={origin} name={origin}>
            <code>{said === undefined ? 'secret' : JSON.stringify(said)}</code>
          </Fact>
        ))}
        {variable !== undefined && (
          <Fact name="variable">
            <code>{variable}</code>
          </Fact>
        )}
        <Changed by={changedBy} at={changedAt} />
      </div>
      <Unusable unusable={unusable} />
      {!live && <p class="pad faint">It is read when a process starts, and cannot be changed here.</p>}
      {live && !secret && writes && (
        <form class="pad actions" onSubmit={(event) => void set(event)}>
          <label>
            <span class="label">Value </span>
            <input class="mono" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <button class="button is-plain" disabled={deed.busy}>
            Set
          </button>
          {fault !== undefined && <span class="field-fault">{fault}</span>}
        </form>
      )}
      <Refused refusal={deed.refusal} />
      {live && <History path={path} version={version} changed={changed} />}
    </div>
  );
}

/** Makes or changes an alert; the condition is checked while it is written, and says what it reads now. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { useAsked, useDeed, useFound, useTitle } from '../hooks';
import { Loading, Refused, Status, View } from '../parts/parts';
import { hrefOf } from '../place';
import type { Alert, AlertCheck, Metric } from '../shapes';
import type { RuleDraft } from './rule';
import { draftOf, NEW_RULE, ruleOf, SEVERITIES, ACTIONS, slug } from './rule';
import { figuresText } from './standing';

export function RuleView({ place }: ViewOf) {
  const [, id] = place.path;
  const title = id === undefined ? 'New alert' : `Change ${id}`;
  useTitle(title);
  const { value, refusal } = useAsked<Alert>(
    id === undefined ? undefined : `/monitoring/alerts/${encodeURIComponent(id)}`,
  );
  return (
    <View title={title} actions={<a href={hrefOf(id === undefined ? ['alerts'] : ['alerts', id])}>Back</a>}>
      <Refused refusal={refusal} />
      {id === undefined ? (
        <RuleForm start={NEW_RULE} />
      ) : value === undefined ? (
        refusal === undefined && <Loading />
      ) : (
        <RuleForm start={draftOf(value)} kept={value} />
      )}
    </View>
  );
}

interface RuleFormProps {
  readonly start: RuleDraft;
  /** What is changed; absent: a new one is made. */
  readonly kept?: Alert;
}

function RuleForm({ start, kept }: RuleFormProps) {
  const [draft, setDraft] = useState(start);
  const deed = useDeed();
  const { value: found, refusal } = useFound<AlertCheck>('/monitoring/alert-checks', termsOf(draft));
  const change = (part: Partial<RuleDraft>): void => {
    deed.clear();
    setDraft((before) => ({ ...before, ...part }));
  };
  const text = (name: 'name' | 'description' | 'condition' | 'threshold' | 'seconds') => ({
    value: draft[name],
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => change({ [name]: event.currentTarget.value }),
  });
  const id = kept?.id ?? slug(draft.name);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = ruleOf(draft, { id, metadata: kept?.metadata ?? {} });
    if (await deed.run(() => ask('/monitoring/alerts', { method: 'POST', body })))
      location.hash = hrefOf(['alerts', id]);
  };
  return (
    <form class="panel form" onSubmit={(event) => void save(event)}>
      <label class="field">
        <span>Name</span>
        <input required maxLength={200} {...text('name')} />
        {kept === undefined && id !== '' && (
          <span class="field-hint">
            id <code>{id}</code>
          </span>
        )}
      </label>
      <label class="field">
        <span>
          Description <span class="faint">for whoever is called at night</span>
        </span>
        <input maxLength={2000} {...text('description')} />
      </label>
      <div class="field">
        <label for="condition">Condition</label>
        <input
          id="condition"
          class="mono"
          required
          maxLength={500}
          spellcheck={false}
          placeholder="error_rate > threshold && executions >= 5"
          list="figures"
          aria-describedby="found"
          {...text('condition')}
        />
        <div id="found" role="status">
          <Found found={found} />
        </div>
        <Refused refusal={refusal} />
      </div>
      <FigureNames />
      <div class="field-pair">
        <label class="field">
          <span>
            Threshold <span class="faint">optional</span>
          </span>
          <input type="number" step="any" {...text('threshold')} />
        </label>
        <label class="field">
          <span>For, in seconds</span>
          <input type="number" required min={0} max={604_800} {...text('seconds')} />
        </label>
        <label class="field">
          <span>Severity</span>
          <select
            value={draft.severity}
            onChange={(event) => {
              const severity = SEVERITIES.find((one) => one === event.currentTarget.value);
              if (severity !== undefined) change({ severity });
            }}
          >
            {SEVERITIES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      <fieldset class="field">
        <legend>What is done</legend>
        <div class="actions">
          {ACTIONS.map((one) => (
            <label key={one}>
              <input
                type="checkbox"
                checked={draft.actions.includes(one)}
                onChange={({ currentTarget: { checked } }) =>
                  change({ actions: ACTIONS.filter((each) => (each === one ? checked : draft.actions.includes(each))) })
                }
              />{' '}
              {one}
            </label>
          ))}
        </div>
      </fieldset>
      <label>
        <input
          type="checkbox"
          checked={draft.enabled}
          onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
        />{' '}
        It is looked at
      </label>
      <Refused refusal={deed.refusal} />
      <div class="actions">
        <button class="button is-first" disabled={deed.busy || found?.valid === false || id === ''}>
          {kept === undefined ? 'Make it' : 'Change it'}
        </button>
      </div>
    </form>
  );
}

function Found({ found }: { readonly found: AlertCheck | undefined }) {
  if (found === undefined) return <span class="field-hint">What it may name: figures and metrics.</span>;
  const { valid, errors, holds, figures } = found;
  if (!valid)
    return (
      <ul class="field-fault">
        {errors.map(({ detail }) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    );
  const read = figuresText(figures);
  return (
    <span class="field-hint">
      <Status of="valid" /> {read === '' ? 'Now ' : `Now ${read}: `}
      {holds === undefined ? 'there is not all to read that it names' : holds ? 'it holds' : 'it does not hold'}
    </span>
  );
}

/** The browser offers these while somebody writes. */
function FigureNames() {
  const { value } = useAsked<{ metrics: readonly Metric[] }>('/monitoring/metrics');
  return (
    <datalist id="figures">
      {['error_rate > 5', 'call_error_rate > 50', 'human_tasks_waiting > 0', 'cost_usd > 10', 'breaker_open >= 1'].map(
        (one) => (
          <option key={one} value={one} />
        ),
      )}
      {value?.metrics.map(({ name }) => (
        <option key={name} value={`${name} > 0`} />
      ))}
    </datalist>
  );
}

/** Undefined: there is nothing to check yet. */
function termsOf({ condition, threshold, seconds }: RuleDraft): object | undefined {
  if (condition.trim() === '') return undefined;
  const limit = Number(threshold);
  return {
    condition,
    ...(threshold.trim() === '' || !Number.isFinite(limit) ? {} : { threshold: limit }),
    ...(/^\d+$/.test(seconds) ? { duration: Number(seconds) } : {}),
  };
}

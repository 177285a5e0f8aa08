/** Chooses which executions are listed, and keeps choices under a name. */
import { useState } from 'preact/hooks';
import { replacePlace, useAsked } from '../hooks';
import { keep, kept } from '../kept';
import { hrefOf } from '../place';
import type { Workflow } from '../shapes';
import { PERIODS, savedFilters, STATUSES } from './filters';
import type { Filters, SavedFilters } from './filters';

const SAVED = 'executions.saved';

export function FilterBar({ filters }: { readonly filters: Filters }) {
  const { value } = useAsked<{ workflows: readonly Workflow[] }>('/workflows');
  const hrefWith = (change: Partial<Record<keyof Filters, string>>): string =>
    hrefOf(['executions'], { ...filters, ...change });
  const choose = (name: keyof Filters) => (event: Event) =>
    replacePlace(hrefWith({ [name]: (event.currentTarget as HTMLSelectElement).value }));
  const ids = (value?.workflows ?? []).map(({ id }) => id);
  const known = filters.workflow === undefined || ids.includes(filters.workflow) ? ids : [filters.workflow, ...ids];
  return (
    <div class="filters">
      <nav class="pills" aria-label="Status">
        {[undefined, ...STATUSES].map((status) => (
          <a
            key={status ?? 'all'}
            href={hrefWith({ status: status ?? '' })}
            aria-current={status === filters.status ? 'true' : undefined}
          >
            {status ?? 'all'}
          </a>
        ))}
      </nav>
      <label>
        <span class="label">Definition</span>
        <select value={filters.workflow ?? ''} onChange={choose('workflow')}>
          <option value="">all</option>
          {known.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="label">Started</span>
        <select value={filters.period ?? ''} onChange={choose('period')}>
          <option value="">at any time</option>
          {PERIODS.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <Saved filters={filters} />
    </div>
  );
}

function Saved({ filters }: { readonly filters: Filters }) {
  const [saved, setSaved] = useState(() => savedFilters(kept(SAVED)));
  const change = (list: readonly SavedFilters[]): void => {
    setSaved(list);
    keep(SAVED, JSON.stringify(list));
  };
  const here = new URLSearchParams({ ...filters }).toString();
  const known = saved.some(({ query }) => query === here);
  const add = (): void => {
    const name = [filters.status, filters.workflow, filters.period].filter(Boolean).join(' · ');
    change([...saved, { name, query: here }]);
  };
  return (
    <div class="saved">
      {saved.map(({ name, query }) => (
        <span class="chip" key={query}>
          <a href={`#/executions?${query}`} aria-current={query === here ? 'true' : undefined}>
            {name}
          </a>
          <button
            type="button"
            aria-label={`Forget ${name}`}
            onClick={() => change(saved.filter((one) => one.query !== query))}
          >
            ×
          </button>
        </span>
      ))}
      {here !== '' && !known && (
        <button type="button" class="link" onClick={add}>
          Save this filter
        </button>
      )}
    </div>
  );
}

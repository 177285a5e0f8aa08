/** The versions of a definition, and what changed between two of them. */
import { useAsked } from '../hooks';
import { Loading, Refused, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import type { Place } from '../place';
import type { WorkflowVersion } from '../shapes';
import { diffLines, excerpt } from './diff';

export function Versions({ id, place }: { readonly id: string; readonly place: Place }) {
  const { value, refusal } = useAsked<{ versions: readonly WorkflowVersion[] }>(
    `/workflows/${encodeURIComponent(id)}/versions`,
  );
  if (value === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  const { versions } = value;
  const nameOf = ({ version, origin }: WorkflowVersion): string => (origin === 'file' ? `${version} (file)` : version);
  const find = (name: string | undefined): WorkflowVersion | undefined => versions.find((one) => nameOf(one) === name);
  const newer = find(place.query['to']) ?? versions[0];
  const older = find(place.query['from']) ?? versions[1];
  const go = (change: { from?: string; to?: string }): void => {
    const now = { from: older && nameOf(older), to: newer && nameOf(newer), ...change };
    location.replace(hrefOf(['definitions', id, 'versions'], now));
  };
  return (
    <>
      <section class="panel" aria-label="Versions">
        <Table
          label="Versions"
          rows={versions}
          keyOf={nameOf}
          columns={[
            { name: 'Version', cell: ({ version }) => version },
            { name: 'From', cell: ({ origin }) => origin },
            { name: 'Published', cell: ({ publishedAt }) => publishedAt && <When at={publishedAt} /> },
            { name: 'Counts now', cell: ({ current }) => (current ? 'yes' : '') },
          ]}
        />
      </section>
      {newer !== undefined && older !== undefined && (
        <section class="panel" aria-label="Difference">
          <header class="panel-head">
            <h2>What changed</h2>
            <span class="actions">
              <label>
                <span class="label">from </span>
                <select value={nameOf(older)} onChange={(event) => go({ from: event.currentTarget.value })}>
                  {versions.map((one) => (
                    <option key={nameOf(one)}>{nameOf(one)}</option>
                  ))}
                </select>
              </label>
              <label>
                <span class="label">to </span>
                <select value={nameOf(newer)} onChange={(event) => go({ to: event.currentTarget.value })}>
                  {versions.map((one) => (
                    <option key={nameOf(one)}>{nameOf(one)}</option>
                  ))}
                </select>
              </label>
            </span>
          </header>
          <Difference before={older.text} after={newer.text} />
        </section>
      )}
    </>
  );
}

const SIGNS = { added: '+', removed: '−', same: ' ' } as const;

function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = excerpt(diffLines(before, after));
  if (!lines.some((line) => line !== undefined && line.kind !== 'same')) return <p class="pad faint">Nothing.</p>;
  return (
    <pre class="text is-diff" tabIndex={0} aria-label="Changed lines">
      {lines.map((line, index) =>
        line === undefined ? (
          <span key={index} class="faint">
            …
          </span>
        ) : (
          <span key={index} class={`is-${line.kind}`} data-line={line.after ?? line.before}>
            {SIGNS[line.kind]} {line.text}
          </span>
        ),
      )}
    </pre>
  );
}

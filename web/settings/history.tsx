/** What a flag or setting has been, who changed it when, and the way back. */
import { ask } from '../ask';
import { useAsked, useDeed } from '../hooks';
import { Table } from '../parts/table';
import { Button, Loading, Refused, When } from '../parts/parts';
import { useMay } from '../session';
import type { Version } from '../shapes';

/** Version 0 is whatever files, the environment and defaults say. */
const BELOW: Partial<Version> & { readonly version: number } = { version: 0 };

interface HistoryProps {
  /** Of the flag or setting. */
  readonly path: string;
  /** Version that counts now. */
  readonly version: number;
  readonly changed: () => void;
}

export function History({ path, version, changed }: HistoryProps) {
  const { value, refusal, again } = useAsked<{ versions: readonly Version[] }>(`${path}/versions`);
  const writes = useMay('config:write');
  const deed = useDeed();
  const undo = async (to: number): Promise<void> => {
    const headers = { 'If-Match': `"${version}"` };
    const done = await deed.run(() => ask(`${path}/undo`, { method: 'POST', body: { version: to }, headers }));
    if (!done) return;
    again();
    changed();
  };
  if (value === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  const { versions } = value;
  return (
    <>
      <Refused refusal={deed.refusal} />
      {versions.length === 0 ? (
        <p class="pad faint">It was never changed here.</p>
      ) : (
        <Table
          label="Versions"
          rows={[...versions, BELOW]}
          keyOf={(one) => one.version}
          columns={[
            { name: 'Version', kind: 'short', cell: (one) => one.version },
            { name: 'Value', kind: 'wide', cell: valueOf },
            { name: 'By', cell: ({ changedBy }) => changedBy ?? '' },
            { name: 'When', kind: 'short', cell: ({ changedAt }) => changedAt && <When at={changedAt} /> },
            {
              name: 'Way back',
              kind: 'short',
              cell: (one) =>
                writes &&
                one.version !== version && (
                  <Button disabled={deed.busy} onClick={() => void undo(one.version)}>
                    Go back to {one.version}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </>
  );
}

function valueOf({ version, value }: Partial<Version>) {
  if (version === 0) return <span class="faint">what lies below the database</span>;
  return <code>{value === undefined ? 'taken back' : JSON.stringify(value)}</code>;
}

/** What a flag or setting has been, who changed it when, and the way back. */
import { ask } from '../ask';
import { useAsked, useDeed } from '../hooks';
import { Button, Loading, Refused, When } from '../parts/parts';
import { useMay } from '../session';
import type { Version } from '../shapes';

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
        <div class="scrolls" tabIndex={0} role="group" aria-label="Versions">
          <table class="plain is-tight">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Value</th>
                <th scope="col">By</th>
                <th scope="col">When</th>
                <th scope="col">
                  <span class="faint">Way back</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {versions.map((one) => (
                <tr key={one.version}>
                  <td>{one.version}</td>
                  <td>
                    <code>{one.value === undefined ? 'taken back' : JSON.stringify(one.value)}</code>
                  </td>
                  <td>{one.changedBy}</td>
                  <td>
                    <When at={one.changedAt} />
                  </td>
                  <td>
                    {writes && one.version !== version && (
                      <Button disabled={deed.busy} onClick={() => void undo(one.version)}>
                        Go back to {one.version}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
              <tr>
                <td>0</td>
                <td class="faint">what lies below the database</td>
                <td />
                <td />
                <td>
                  {writes && version !== 0 && (
                    <Button disabled={deed.busy} onClick={() => void undo(0)}>
                      Go back to 0
                    </Button>
                  )}
                </td>
              </tr>
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

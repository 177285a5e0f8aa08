/** Data as the API shows them: JSON, folded where it is deep, long texts cut, and large values as downloads. */
import { useState } from 'preact/hooks';
import { bytes } from '../format';

const LONG = 400;
const MANY = 50;

export function JsonView({ value, open = 2 }: { readonly value: unknown; readonly open?: number }) {
  return (
    <div class="json">
      <Value value={value} open={open} />
    </div>
  );
}

function Value({ value, open }: { readonly value: unknown; readonly open: number }) {
  if (typeof value === 'string') return <Text text={value} />;
  if (typeof value !== 'object' || value === null) return <span class="json-plain">{String(value)}</span>;
  if ('$blob' in value) return <Blob blob={value} />;
  const list = Array.isArray(value);
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  if (members.length === 0) return <span class="json-plain">{list ? '[]' : '{}'}</span>;
  return (
    <details open={open > 0}>
      <summary>
        {list
          ? `${members.length} items`
          : members
              .map(([name]) => name)
              .slice(0, 6)
              .join(', ')}
      </summary>
      <dl>
        {members.slice(0, MANY).map(([name, member]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value value={member} open={open - 1} />
            </dd>
          </div>
        ))}
      </dl>
      {members.length > MANY && <p class="faint">and {members.length - MANY} more</p>}
    </details>
  );
}

function Text({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const long = text.length > LONG;
  return (
    <span class={text === '[hidden]' ? 'json-hidden' : 'json-text'}>
      {long && !whole ? `${text.slice(0, LONG)}…` : text}
      {long && (
        <button type="button" class="link" onClick={() => setWhole(!whole)}>
          {whole ? 'less' : `all ${text.length} characters`}
        </button>
      )}
    </span>
  );
}

function Blob({ blob }: { readonly blob: object }) {
  const { bytes: size, mediaType, href } = blob as { bytes?: number; mediaType?: string; href?: string };
  const what = `${mediaType ?? 'data'}, ${bytes(size ?? 0)}`;
  return href === undefined ? (
    <span class="json-hidden">{what}</span>
  ) : (
    <a href={href} download>
      {what} ↓
    </a>
  );
}

/** Where one can go, as far as the caller may, how many questions wait, and the way out. */
import { useEffect, useRef } from 'preact/hooks';
import { ask } from './ask';
import { useAsked } from './hooks';
import { hrefOf } from './place';
import { useMay, useSession } from './session';
import type { Alert } from './shapes';
import type { Inbox } from './tasks/tasks-view';
import { useTheme } from './theme';

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly needs: string;
}

const ENTRIES: readonly Entry[] = [
  { name: 'executions', text: 'Executions', needs: 'execution:read' },
  { name: 'tasks', text: 'Inbox', needs: 'task:read' },
  { name: 'definitions', text: 'Definitions', needs: 'workflow:read' },
  { name: 'agents', text: 'Agents', needs: 'agent:read' },
  { name: 'providers', text: 'Providers', needs: 'server:read' },
  { name: 'metrics', text: 'Metrics', needs: 'monitoring:read' },
  { name: 'traces', text: 'Traces', needs: 'monitoring:read' },
  { name: 'alerts', text: 'Alerts', needs: 'alert:read' },
  { name: 'flags', text: 'Flags', needs: 'config:read' },
  { name: 'settings', text: 'Settings', needs: 'config:read' },
  { name: 'keys', text: 'Keys', needs: 'key:read' },
  { name: 'audit', text: 'Audit', needs: 'audit:read' },
];

/** Views that are reached through another one. */
const PARENTS: Readonly<Record<string, string>> = {
  draft: 'definitions',
  'agent-tasks': 'agents',
  'alert-rule': 'alerts',
};

const FRESH_EVERY_MS = 10_000;

export function Navigation({ current }: { readonly current: string }) {
  const { permissions } = useSession();
  const list = useRef<HTMLUListElement>(null);
  // On a narrow screen the names stand in one line, which is longer than the screen.
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (here) list.current?.scrollTo({ left: here.offsetLeft - list.current.clientWidth / 3 });
  }, [current]);
  return (
    <nav class="navigation" aria-label="Console">
      <a class="brand" href={hrefOf(['executions'])}>
        <span class="brand-mark" aria-hidden="true" />
        <span>MCP Orchestrator</span>
      </a>
      <ul ref={list}>
        {ENTRIES.filter(({ needs }) => permissions.includes(needs)).map(({ name, text }) => (
          <li key={name}>
            <a href={hrefOf([name])} aria-current={name === (PARENTS[current] ?? current) ? 'page' : undefined}>
              {text}
              {name === 'tasks' && <OpenTasks />}
              {name === 'alerts' && <Firing />}
            </a>
          </li>
        ))}
      </ul>
      <Reader />
    </nav>
  );
}

/** Also of executions that no worker tells of at the moment: somebody is waited for there too. */
function OpenTasks() {
  const { value } = useAsked<Inbox>('/tasks', FRESH_EVERY_MS);
  const many = value && value.tasks.length + value.unreachable.length;
  return <Badge many={many} more={value?.next !== undefined} word="open" />;
}

function Firing() {
  const { value } = useAsked<{ alerts: readonly Alert[] }>('/monitoring/alerts?state=firing', FRESH_EVERY_MS);
  return <Badge many={value?.alerts.length} word="firing" />;
}

interface BadgeProps {
  readonly many: number | undefined;
  readonly more?: boolean;
  readonly word: string;
}

function Badge({ many = 0, more = false, word }: BadgeProps) {
  if (many === 0) return null;
  return (
    <span class={`badge is-${word}`}>
      {many}
      {more && '+'}
      <span class="unseen"> {word}</span>
    </span>
  );
}

function Reader() {
  const { id, kind, roles } = useSession();
  const [theme, turn] = useTheme();
  const docs = useMay('docs:read');
  const leave = async (): Promise<void> => {
    await ask('/session', { method: 'DELETE' }).catch(() => undefined);
    location.assign('/#/sign-in');
    location.reload();
  };
  return (
    <div class="reader">
      <span class="reader-name" title={roles.join(', ')}>
        {id}
      </span>
      <button type="button" class="link" onClick={turn} title="Light, dark, or as the system has it">
        Theme: {theme}
      </button>
      {docs && <a href="/docs">API reference</a>}
      {kind !== 'anonymous' && (
        <button type="button" class="link" onClick={() => void leave()}>
          Sign out
        </button>
      )}
    </div>
  );
}

/** Where one can go, as far as the caller may, how many questions wait, and the way out. */
import { ask } from './ask';
import { useAsked } from './hooks';
import { hrefOf } from './place';
import { useMay, useSession } from './session';
import type { Task } from './shapes';
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
  { name: 'flags', text: 'Flags', needs: 'config:read' },
  { name: 'settings', text: 'Settings', needs: 'config:read' },
  { name: 'keys', text: 'Keys', needs: 'key:read' },
  { name: 'audit', text: 'Audit', needs: 'audit:read' },
];

const TASKS_EVERY_MS = 10_000;

export function Navigation({ current }: { readonly current: string }) {
  const { permissions } = useSession();
  return (
    <nav class="navigation" aria-label="Console">
      <a class="brand" href={hrefOf(['executions'])}>
        <span class="brand-mark" aria-hidden="true" />
        <span>MCP Orchestrator</span>
      </a>
      <ul>
        {ENTRIES.filter(({ needs }) => permissions.includes(needs)).map(({ name, text }) => (
          <li key={name}>
            <a href={hrefOf([name])} aria-current={name === current ? 'page' : undefined}>
              {text}
              {name === 'tasks' && <OpenTasks />}
            </a>
          </li>
        ))}
      </ul>
      <Reader />
    </nav>
  );
}

function OpenTasks() {
  const { value } = useAsked<{ tasks: readonly Task[]; next?: string }>('/tasks', TASKS_EVERY_MS);
  if (value === undefined || value.tasks.length === 0) return null;
  const number = `${value.tasks.length}${value.next === undefined ? '' : '+'}`;
  return (
    <span class="badge" title={`${number} open`}>
      {number}
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

/** Changes a key or token into a session: it is sent once, as `Authorization`, and kept nowhere in the page. */
import { useRef } from 'preact/hooks';
import { ask } from './ask';
import { useDeed, useTitle } from './hooks';
import { Refused } from './parts/parts';
import { ownAddress } from './place';
import type { Place } from './place';

interface SignInProps {
  readonly place: Place;
  readonly onSignedIn: () => Promise<void>;
}

export function SignIn({ place, onSignedIn }: SignInProps) {
  useTitle('Sign in');
  const key = useRef<HTMLInputElement>(null);
  const deed = useDeed();
  const signIn = async (event: Event): Promise<void> => {
    event.preventDefault();
    const headers = { Authorization: `Bearer ${key.current?.value.trim() ?? ''}` };
    if (!(await deed.run(() => ask('/session', { method: 'POST', headers })))) return;
    const to = ownAddress(place.query['to'], location.origin, '/#/executions');
    if (to.startsWith('/#')) {
      location.hash = to.slice(1);
      await onSignedIn();
    } else location.assign(to);
  };
  return (
    <main class="alone" id="main">
      <h1>MCP Orchestrator</h1>
      <form onSubmit={(event) => void signIn(event)}>
        <label for="key">Key or token</label>
        <input
          id="key"
          ref={key}
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          required
          autofocus
        />
        <button class="button is-first" disabled={deed.busy}>
          Sign in
        </button>
        <Refused refusal={deed.refusal} />
      </form>
      <p class="faint">
        The first start made a key for an admin and showed it, or wrote it to a file. <code>omni keys create</code>{' '}
        makes more.
      </p>
    </main>
  );
}

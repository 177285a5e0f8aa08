/** The draft of a form, what is wrong with it here and at the API, and sending it once. */
import { useRef, useState } from 'preact/hooks';
import { freshKey } from '../ask';
import { useDeed } from '../hooks';
import type { Deed } from '../hooks';
import type { Draft, Fault, Schema } from './field';
import { draftOf, fieldOf, read } from './field';

export interface Form {
  readonly draft: Draft;
  readonly faults: readonly Fault[];
  readonly deed: Deed;
  readonly change: (draft: Draft) => void;
  /** Sends what was typed if it can be read. `key` names this content: the same draft sent again is the same request. */
  readonly send: (post: (value: unknown, key: string) => Promise<unknown>) => Promise<boolean>;
}

/** `prefix`: where the API's faults have the form, `/payload`. */
export function useForm(schema: Schema, prefix: string): Form {
  const [draft, setDraft] = useState<Draft>(() => draftOf(schema));
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const deed = useDeed();
  const key = useRef(freshKey());
  const answered = (deed.refusal?.problem.errors ?? [])
    .filter(({ pointer }) => pointer.startsWith(prefix))
    .map(({ pointer, detail }) => ({ pointer: pointer.slice(prefix.length), detail }));
  return {
    draft,
    faults: [...faults, ...answered],
    deed,
    change(next) {
      key.current = freshKey();
      deed.clear();
      setFaults([]);
      setDraft(next);
    },
    async send(post) {
      const found = read(fieldOf(schema, ''), draft, schema);
      setFaults(found.faults);
      return found.faults.length === 0 && deed.run(() => post(found.value ?? {}, key.current));
    },
  };
}

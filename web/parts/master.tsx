/** A list beside the one of it that is chosen; on a narrow screen that one alone, with the way back. */
import type { ComponentChildren } from 'preact';

interface MasterProps {
  readonly back: { readonly href: string; readonly text: string };
  /** What is chosen; absent or false: nothing is. */
  readonly one: ComponentChildren;
  /** The list. */
  readonly children: ComponentChildren;
}

export function Master({ back, one, children }: MasterProps) {
  const split = one !== undefined && one !== false;
  return (
    <div class={`master${split ? ' is-split' : ''}`}>
      <div class="master-all">{children}</div>
      {split && (
        <div class="master-one">
          <a class="back" href={back.href}>
            ‹ {back.text}
          </a>
          {one}
        </div>
      )}
    </div>
  );
}

/** Small parts that views are made of. */
import type { ComponentChildren, JSX } from 'preact';
import type { Refusal } from '../ask';
import { ago, moment } from '../format';
import { useNow } from '../hooks';

/** How something stands, in words and colour; words that are not known are shown as they come. */
export function Status({ of, title }: { readonly of: string; readonly title?: string }) {
  return (
    <span class={`status is-${of}`} title={title}>
      {of}
    </span>
  );
}

/** A time as how long ago it was, with the time itself for whoever points at it. */
export function When({ at }: { readonly at: string }) {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at, now)}
    </time>
  );
}

/** Why something was refused: what happened, where, what to do, and the id that the log has of the request. */
export function Refused({ refusal }: { readonly refusal: Refusal | undefined }) {
  if (refusal === undefined) return null;
  const { title, detail, errors = [] } = refusal.problem;
  return (
    <div class="refused" role="alert">
      <strong>{title}</strong>
      <p>{detail}</p>
      {errors.length > 1 && (
        <ul>
          {errors.map((fault) => (
            <li key={fault.pointer}>
              <code>{fault.pointer}</code> {fault.detail}
            </li>
          ))}
        </ul>
      )}
      {refusal.requestId !== undefined && (
        <p class="faint">
          Request <code>{refusal.requestId}</code>
        </p>
      )}
    </div>
  );
}

/** What stands where there is nothing to show. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading …
    </p>
  );
}

interface ViewProps {
  readonly title: ComponentChildren;
  /** Beside the title. */
  readonly facts?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A view: its head, and what it shows. */
export function View({ title, facts, actions, children }: ViewProps) {
  return (
    <main class="view" id="main" tabIndex={-1}>
      <header class="view-head">
        <h1>{title}</h1>
        {facts !== undefined && <div class="facts">{facts}</div>}
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

export function Fact({ name, children }: FactProps) {
  return (
    <span class="fact">
      <span class="fact-name">{name}</span> {children}
    </span>
  );
}

/** Who changed something last, and when. */
export function Changed({ by, at }: { readonly by: string | undefined; readonly at: string | undefined }) {
  if (by === undefined || at === undefined) return null;
  return (
    <Fact name="changed">
      by {by}, <When at={at} />
    </Fact>
  );
}

/** A description, in which backticks hold what is typed as it stands. */
export function Words({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

interface TabsProps {
  readonly label: string;
  /** Address and words of each. */
  readonly tabs: readonly { readonly name: string; readonly href: string; readonly text: ComponentChildren }[];
  readonly current: string;
}

export function Tabs({ label, tabs, current }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ name, href, text }) => (
        <a key={name} href={href} aria-current={name === current ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}

type ButtonProps = JSX.IntrinsicElements['button'] & { readonly kind?: 'plain' | 'first' | 'danger' };

export function Button({ kind = 'plain', children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button is-${kind}`}>
      {children}
    </button>
  );
}

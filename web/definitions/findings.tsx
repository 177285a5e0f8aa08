/** What the compiler says of a definition, each with its place. */
import type { ComponentChildren } from 'preact';
import type { Diagnostic } from '../shapes';

interface FindingsProps {
  readonly diagnostics: readonly Diagnostic[];
  readonly onChoose?: (diagnostic: Diagnostic) => void;
}

export function Findings({ diagnostics, onChoose }: FindingsProps) {
  if (diagnostics.length === 0) return null;
  return (
    <section class="panel" aria-label="Findings">
      <ul class="rows">
        {diagnostics.map((one, index) => (
          <li key={index}>
            <Finding {...(onChoose && { choose: () => onChoose(one) })}>
              <span>
                <span class={`status is-${one.severity}`}>{one.severity}</span> {one.line}:{one.column} {one.message}
                {one.suggestion !== undefined && !one.message.includes(one.suggestion) && (
                  <span class="faint"> {one.suggestion}</span>
                )}
              </span>
              <pre>{one.source}</pre>
              <span class="faint">
                <code>{one.code}</code>
              </span>
            </Finding>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FindingProps {
  /** Leads to its place, where there is an editor. */
  readonly choose?: () => void;
  readonly children: ComponentChildren;
}

function Finding({ choose, children }: FindingProps) {
  if (choose === undefined) return <div class="finding">{children}</div>;
  return (
    <button type="button" class="finding" onClick={choose}>
      {children}
    </button>
  );
}

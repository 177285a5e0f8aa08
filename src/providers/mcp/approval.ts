/** What somebody agrees to: how the tools that a server offers differ from those that were approved. */
import { canonical } from '../../plan/json';
import type { Offer } from './lock';

export interface ToolChange {
  readonly tool: string;
  readonly kind: 'new' | 'changed' | 'gone';
  /** Which parts differ. */
  readonly parts: readonly (keyof Offer)[];
  /** As it is offered now; of one that is gone, as it was. */
  readonly description: string;
}

export interface Agreement {
  readonly after: Readonly<Record<string, Offer>>;
  /** By name. */
  readonly changes: readonly ToolChange[];
}

const PARTS = ['title', 'description', 'input', 'output'] as const;

/** `only` these tools; none named: all. */
export function approve(
  before: Readonly<Record<string, Offer>>,
  found: ReadonlyMap<string, Offer>,
  only: readonly string[] = [],
): Agreement {
  const after = new Map(Object.entries(before));
  const changes: ToolChange[] = [];
  for (const tool of [...new Set([...after.keys(), ...found.keys()])].sort()) {
    if (only.length > 0 && !only.includes(tool)) continue;
    const [old, now] = [after.get(tool), found.get(tool)];
    const parts = PARTS.filter((part) => canonical(old?.[part]) !== canonical(now?.[part]));
    if (parts.length === 0) continue;
    const kind = old === undefined ? 'new' : now === undefined ? 'gone' : 'changed';
    changes.push({ tool, kind, parts, description: (now ?? old)?.description ?? '' });
    if (now === undefined) after.delete(tool);
    else after.set(tool, now);
  }
  return { after: Object.fromEntries(after), changes };
}

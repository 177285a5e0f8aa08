/** A call that a model wants to make, as people are shown it before they agree: nothing in it may look like something else. */
import type { AskedCall } from '../plan/agent-loop';

/** Characters that move or hide others on a terminal; those below the space JSON escapes by itself. */
const DECEPTIVE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function callText({ tool, arguments: given }: AskedCall): string {
  const shown = JSON.stringify(given).replace(
    DECEPTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${tool} ${shown}`;
}

/** What this browser keeps of a reader: choices, never data. Without storage (private windows) nothing is kept, and all else works. */

const PREFIX = 'omni.';

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Then it is not kept.
  }
}

/** Light or dark: as the system has it, unless the reader has chosen; the choice stays in this browser. */
import { useEffect, useState } from 'preact/hooks';
import { kept, keep } from './kept';

export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((one) => one === kept('theme')) ?? 'system');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    keep('theme', theme);
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return [theme, () => setTheme(next)];
}

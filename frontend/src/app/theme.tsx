/*
 * Light or dark colours: those of the system, unless the person chose. start.js applies the choice at
 * the start.
 */
import { useState } from 'react';

import { Icon, type IconName } from '../components/icons';
import { local } from '../session/local';

type Theme = 'auto' | 'light' | 'dark';

const STORAGE_KEY = 'cruddur:theme';
const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const CHOICES: Record<Theme, { icon: IconName; name: string }> = {
  auto: { icon: 'auto', name: 'System' },
  light: { icon: 'sun', name: 'Light' },
  dark: { icon: 'moon', name: 'Dark' },
};

function storedTheme(): Theme {
  const stored = local.get(STORAGE_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

function applyTheme(theme: Theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme);
  const { icon, name } = CHOICES[theme];
  const change = () => {
    const next = NEXT[theme];
    local.set(STORAGE_KEY, next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" className="nav-item" onClick={change}>
      <Icon name={icon} />
      <span className="nav-label">
        <span className="unseen">Theme: </span>
        {name}
      </span>
    </button>
  );
}

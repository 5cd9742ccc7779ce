/* Light or dark: as the system has it, unless somebody chose. */
import { useState } from 'react';

import { Icon, type IconName } from './icons';

type Theme = 'auto' | 'light' | 'dark';

const PLACE = 'cruddur:theme';
const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const LOOKS: Record<Theme, { icon: IconName; name: string }> = {
  auto: { icon: 'auto', name: 'System' },
  light: { icon: 'sun', name: 'Light' },
  dark: { icon: 'moon', name: 'Dark' },
};

function chosen(): Theme {
  const stored = localStorage.getItem(PLACE);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function applyTheme(theme = chosen()) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosen);
  const { icon, name } = LOOKS[theme];
  const change = () => {
    const next = NEXT[theme];
    localStorage.setItem(PLACE, next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" className="nav-item" onClick={change}>
      <Icon name={icon} />
      <span className="nav-label">
        <span className="unseen">Colours: </span>
        {name}
      </span>
    </button>
  );
}

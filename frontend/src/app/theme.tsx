/* The choice of light or dark colours for visitors; others have it in the menu of their account. */
import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';

import { Icon, type IconName } from '../components/icons';
import { chooseTheme, storedTheme, type Theme, THEMES } from '../session/theme';

const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme);
  const name = i18n._(THEMES[theme]);
  const change = () => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" className="nav-item" onClick={change}>
      <Icon name={ICONS[theme]} />
      <span className="nav-label">
        <Trans>
          <span className="unseen">Theme: </span>
          {name}
        </Trans>
      </span>
    </button>
  );
}

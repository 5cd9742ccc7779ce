/* The menu of the account. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useState } from 'react';

import { useMe } from '../api/people';
import { Link } from '../base/router';
import { currentAccount, loadTokens, signOut } from '../session/session';
import { chooseTheme, storedTheme, type Theme, THEMES } from '../session/theme';
import { Confirm } from './dialog';
import { BLOCK, BOOKMARK, KEYBOARD, OUT, PEOPLE, SETTINGS, SHIELD } from './icon-paths';
import { Icon, type IconName, type IconProps } from './icons';
import { closeMenu, Menu, MenuButton } from './menu';
import type { LoadedMenuProps } from './menu-button';
import { Handle, Name } from './person';
import { whatIsLost } from './what-is-lost';

function Entry({ to, icon, label }: { to: string; icon: IconProps; label: string }) {
  return (
    <Link className="menu-entry" to={to} onClick={({ currentTarget }) => closeMenu(currentTarget)}>
      <Icon {...icon} />
      {label}
    </Link>
  );
}

/** For moderators, as their token tells when the menu is opened. */
function ModerationLink() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    void loadTokens()
      .then(({ isModerator }) => isModerator(currentAccount() ?? ''))
      .then(setShown);
  }, []);
  return shown && <Entry to="/moderation" icon={{ path: SHIELD }} label={t`Moderation`} />;
}

const ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

function Appearance() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <fieldset className="appearance">
      <legend>{t`Appearance`}</legend>
      {(Object.keys(THEMES) as Theme[]).map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="appearance"
            checked={theme === one}
            onChange={() => {
              chooseTheme(one);
              setTheme(one);
            }}
          />
          <Icon name={ICONS[one]} />
          {i18n._(THEMES[one])}
        </label>
      ))}
    </fieldset>
  );
}

/** For people with a keyboard, also where single keys are turned off: shortcuts.tsx hears the key. */
const showShortcuts = () => document.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));

/** Signing out asks first if something would be lost. */
export default function AccountPanel({ button, open, onClose }: LoadedMenuProps) {
  const { data: me } = useMe();
  const [lost, setLost] = useState<string>();
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    void signOut();
  };
  const ask = () => {
    const loss = whatIsLost();
    if (loss === undefined) leave();
    else setLost(loss);
  };
  return (
    <>
      {open && (
        <Menu button={button} label={t`Account`} dialog onClose={onClose}>
          {me && (
            <>
              <p className="menu-who">
                <b>
                  <Name>{me.display_name}</Name>
                </b>
                <Handle>{me.handle}</Handle>
              </p>
              <Entry to={`/@${me.handle}`} icon={{ name: 'person' }} label={t`Profile`} />
            </>
          )}
          <Entry to="/bookmarks" icon={{ path: BOOKMARK }} label={t`Bookmarks`} />
          <Entry to="/people/suggested" icon={{ path: PEOPLE }} label={t`People to follow`} />
          <Entry to="/settings" icon={{ path: SETTINGS }} label={t`Settings`} />
          <Entry to="/people/blocked" icon={{ path: BLOCK }} label={t`Blocked and muted`} />
          <ModerationLink />
          <div className="menu-line" />
          <Appearance />
          <MenuButton icon={{ path: KEYBOARD }} className="keyboard-only" onChoose={showShortcuts}>
            {t`Keyboard shortcuts`}
          </MenuButton>
          <div className="menu-line" />
          <MenuButton icon={{ path: OUT, flips: true }} disabled={busy} onChoose={ask}>
            {t`Sign out`}
          </MenuButton>
        </Menu>
      )}
      {lost && (
        <Confirm
          title={t`Sign out anyway?`}
          text={t`This device has ${lost}. Signing out deletes what it has of your account.`}
          action={t`Delete and sign out`}
          keep={t`Stay`}
          busy={busy}
          onConfirm={leave}
          onClose={() => setLost(undefined)}
        />
      )}
    </>
  );
}

/* The account in the navigation, and the menu behind it. */
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';

import { useMe } from '../../api/people';
import { unsent } from '../../outbox/entries';
import { signOut } from '../../session/session';
import { Avatar } from '../avatar';
import { Confirm, Dialog } from '../dialog';
import { Icon } from '../icons';
import { BLOCK, KEYBOARD, OUT } from '../icon-paths';
import { Handle, Name } from '../person';

const count = (number: number, one: string, more: string) =>
  number === 0 ? [] : [number === 1 ? one : `${number} ${more}`];

/** The unsent work that signing out would delete, in words; undefined if nothing would be lost. */
function whatIsLost(): string | undefined {
  const { entries, drafts } = unsent();
  const parts = [
    ...count(entries, 'one thing that isn’t sent yet', 'things that aren’t sent yet'),
    ...count(drafts, 'a draft', 'drafts'),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

/** The icon of the tab has a dot while something is unread. */
function useTabIcon(unread: boolean) {
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[type="image/svg+xml"]');
    icon?.setAttribute('href', unread ? '/favicon-unread.svg' : '/favicon.svg');
  }, [unread]);
}

/** For people with a keyboard, also where single keys are turned off: shortcuts.tsx hears the key. */
function ShortcutsButton() {
  const press = () => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
  };
  return (
    <button type="button" className="nav-item keyboard-only" onClick={press}>
      <Icon path={KEYBOARD} />
      <span className="nav-label">Keyboard shortcuts</span>
    </button>
  );
}

/** `children`: settings in the menu. Signing out asks first if something would be lost. */
export function AccountMenu({ children }: { children: ReactNode }) {
  const { data: me } = useMe();
  useTabIcon(Boolean(me && (me.unread_messages || me.unread_notifications)));
  const [open, setOpen] = useState(false);
  const [lost, setLost] = useState<string>();
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    void signOut();
  };
  const ask = () => {
    const loss = whatIsLost();
    if (loss === undefined) leave();
    else {
      setOpen(false);
      setLost(loss);
    }
  };
  const who = me && (
    <span className="account-who">
      <b>
        <Name>{me.display_name}</Name>
      </b>
      <Handle>{me.handle}</Handle>
    </span>
  );
  return (
    <>
      <button
        type="button"
        className="nav-item account"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {me ? <Avatar handle={me.handle} name={me.display_name} /> : <Icon name="person" />}
        <span className="nav-label">
          <span className="account-word">Account</span>
          {who}
        </span>
      </button>
      {open && (
        <Dialog title="Account" className="menu" onClose={() => setOpen(false)}>
          {who}
          {children}
          <Link className="nav-item" to="/people/blocked" onClick={() => setOpen(false)}>
            <Icon path={BLOCK} />
            <span className="nav-label">Blocked and muted</span>
          </Link>
          <ShortcutsButton />
          <button type="button" className="nav-item" disabled={busy} onClick={ask}>
            <Icon path={OUT} />
            <span className="nav-label">Sign out</span>
          </button>
        </Dialog>
      )}
      {lost && (
        <Confirm
          title="Sign out anyway?"
          text={`This device has ${lost}. Signing out deletes what it has of your account.`}
          action="Delete and sign out"
          keep="Stay"
          busy={busy}
          onConfirm={leave}
          onClose={() => setLost(undefined)}
        />
      )}
    </>
  );
}

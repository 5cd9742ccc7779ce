import { useState } from 'react';

import { Confirm } from '../dialog';
import { Icon } from '../icons';
import { unsent } from '../../outbox/entries';
import { signOut } from '../../session/session';

const count = (number: number, one: string, more: string) =>
  number === 0 ? [] : [number === 1 ? one : `${number} ${more}`];

/** Signs out; asks before that if something would be lost. */
export function SignOut() {
  const [lost, setLost] = useState<string>();
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    void signOut();
  };
  const ask = () => {
    const { entries, drafts } = unsent();
    const parts = [
      ...count(entries, 'one thing that isn’t sent yet', 'things that aren’t sent yet'),
      ...count(drafts, 'a draft', 'drafts'),
    ];
    if (parts.length === 0) leave();
    else setLost(parts.join(' and '));
  };
  return (
    <>
      <button type="button" className="nav-item" disabled={busy} onClick={ask}>
        <Icon name="out" />
        <span className="nav-label">Sign out</span>
      </button>
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

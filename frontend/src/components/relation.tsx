/* The relation of the reader to another person: following, muting, blocking. */
import { useState } from 'react';
import { Link } from 'react-router';

import { followed } from '../api/crud-changes';
import type { Profile } from '../api/types';
import { send, useEntries } from '../outbox/entries';
import { useSession } from '../session/session';
import { signInPath } from '../session/sign-in-path';
import { Confirm, Dialog } from './dialog';
import { Icon } from './icons';
import { BLOCK, MORE, MUTE } from './icon-paths';

/** The profile with the changes that are on their way to the server. */
export function useRelated(profile: Profile): Profile {
  let result = profile;
  for (const { content, state } of useEntries()) {
    if (state !== 'waiting' || !('handle' in content) || content.handle !== profile.handle) continue;
    if (content.kind === 'follow') result = followed(result, content.on);
    if (content.kind === 'mute') result = { ...result, muting: content.on };
    if (content.kind === 'block')
      result = { ...(content.on ? followed(result, false) : result), blocking: content.on };
  }
  return result;
}

const BLOCK_TEXT =
  'You won’t see each other’s cruds, and you can’t write to each other. They aren’t told.';

/** Blocking asks first, and its end does not: it is undone by one press. */
export function BlockButton({ profile: { handle, blocking = false } }: { profile: Profile }) {
  return (
    <button
      type="button"
      className="button"
      onClick={() => send({ kind: 'block', handle, on: !blocking })}
    >
      {blocking ? 'Unblock' : 'Block'}
    </button>
  );
}

export function MuteButton({ profile: { handle, muting = false } }: { profile: Profile }) {
  return (
    <button
      type="button"
      className="button"
      onClick={() => send({ kind: 'mute', handle, on: !muting })}
    >
      {muting ? 'Unmute' : 'Mute'}
    </button>
  );
}

/** The rarely used actions on a person, behind one button. */
export function PersonMenu({ profile: { handle, muting = false, blocking = false } }: { profile: Profile }) {
  const [shown, setShown] = useState<'menu' | 'block'>();
  const close = () => setShown(undefined);
  const mute = () => {
    send({ kind: 'mute', handle, on: !muting });
    close();
  };
  const block = (on: boolean) => {
    send({ kind: 'block', handle, on });
    close();
  };
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label="More"
        aria-haspopup="dialog"
        onClick={() => setShown('menu')}
      >
        <Icon path={MORE} />
      </button>
      {shown === 'menu' && (
        <Dialog title={`@${handle}`} className="menu" onClose={close}>
          <button type="button" className="nav-item" onClick={mute}>
            <Icon path={MUTE} />
            <span className="nav-label">{muting ? 'Unmute' : 'Mute'}</span>
          </button>
          <button
            type="button"
            className="nav-item"
            onClick={() => (blocking ? block(false) : setShown('block'))}
          >
            <Icon path={BLOCK} />
            <span className="nav-label">{blocking ? 'Unblock' : 'Block'}</span>
          </button>
        </Dialog>
      )}
      {shown === 'block' && (
        <Confirm
          title={`Block @${handle}?`}
          text={BLOCK_TEXT}
          action="Block"
          keep="Cancel"
          busy={false}
          onConfirm={() => block(true)}
          onClose={close}
        />
      )}
    </>
  );
}

export function FollowButton({ profile: { handle, following = false } }: { profile: Profile }) {
  if (useSession().account === null)
    return (
      <Link className="button primary" to={signInPath(`/@${handle}`)}>
        Follow
      </Link>
    );
  return (
    <button
      type="button"
      className={following ? 'button' : 'button primary'}
      aria-pressed={following}
      onClick={() => send({ kind: 'follow', handle, on: !following })}
    >
      {following ? 'Following' : 'Follow'}
    </button>
  );
}

/* The relation of the reader to another person: following, muting, blocking. */
import '../styles/people.css';

import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { useState } from 'react';

import { followed } from '../api/crud-changes';
import type { Profile } from '../api/types';
import { Link } from '../base/router';
import { send, useEntries } from '../outbox/entries';
import { useSession } from '../session/session';
import { signInPath } from '../session/sign-in-path';
import { Confirm } from './dialog';
import { Icon } from './icons';
import { BLOCK, FLAG, MORE, MUTE } from './icon-paths';
import { dialog } from './later';
import { PressMenu } from './press-menu';
import { below, type Point } from './use-press';

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

export const BLOCK_TEXT = msg`You won’t see each other’s cruds, and you can’t write to each other. They aren’t told.`;

const blockWord = (blocking: boolean) => (blocking ? t`Unblock` : t`Block`);

const muteWord = (muting: boolean) => (muting ? t`Unmute` : t`Mute`);

/** Blocking asks first, and its end does not: it is undone by one press. */
export function BlockButton({ profile: { handle, blocking = false } }: { profile: Profile }) {
  return (
    <button
      type="button"
      className="button"
      onClick={() => send({ kind: 'block', handle, on: !blocking })}
    >
      {blockWord(blocking)}
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
      {muteWord(muting)}
    </button>
  );
}

const ReportMenu = dialog(() => import('./report'));

/** The rarely used actions on a person, behind one button. */
export function PersonMenu({ profile: { handle, muting = false, blocking = false } }: { profile: Profile }) {
  const [menu, setMenu] = useState<Point>();
  const [shown, setShown] = useState<'block' | 'report'>();
  const report = t({ message: 'Report', context: 'verb' });
  const close = () => setShown(undefined);
  const block = (on: boolean) => {
    send({ kind: 'block', handle, on });
    close();
  };
  /** The menu closes with each choice. */
  const then = (act: () => void) => () => {
    setMenu(undefined);
    act();
  };
  return (
    <>
      <button
        type="button"
        className="button round"
        aria-label={t`More`}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setMenu(below(currentTarget))}
      >
        <Icon path={MORE} />
      </button>
      {menu && (
        <PressMenu
          label={`@${handle}`}
          at={menu}
          choices={[
            {
              label: muteWord(muting),
              icon: { path: MUTE },
              onChoose: then(() => send({ kind: 'mute', handle, on: !muting })),
            },
            {
              label: blockWord(blocking),
              icon: { path: BLOCK },
              danger: !blocking,
              onChoose: then(() => (blocking ? block(false) : setShown('block'))),
            },
            { label: report, icon: { path: FLAG }, onChoose: then(() => setShown('report')) },
          ]}
          onClose={() => setMenu(undefined)}
        />
      )}
      {shown === 'block' && (
        <Confirm
          title={t`Block @${handle}?`}
          text={i18n._(BLOCK_TEXT)}
          action={blockWord(false)}
          keep={t`Cancel`}
          busy={false}
          onConfirm={() => block(true)}
          onClose={close}
        />
      )}
      {shown === 'report' && (
        <ReportMenu
          title={report}
          subjects={[{ label: report, subject: { handle } }]}
          direct
          onClose={close}
        />
      )}
    </>
  );
}

interface FollowButtonProps {
  profile: Profile;
  /** The word of the button of a person who is not followed. */
  follow?: string;
}

export function FollowButton({
  profile: { handle, following = false },
  follow = t({ message: 'Follow', context: 'verb' }),
}: FollowButtonProps) {
  if (useSession().account === null)
    return (
      <Link className="button primary" to={signInPath(`/@${handle}`)}>
        {follow}
      </Link>
    );
  return (
    <button
      type="button"
      className={following ? 'button following' : 'button primary'}
      aria-pressed={following}
      onClick={() => send({ kind: 'follow', handle, on: !following })}
    >
      {following ? (
        // Under a pointer it says what a press does.
        <span className="follow-words">
          <span>{t({ message: 'Following', context: 'verb' })}</span>
          <span aria-hidden="true">{t`Unfollow`}</span>
        </span>
      ) : (
        follow
      )}
    </button>
  );
}

/* A person: the profile, and what the person writes. */
import '../styles/profile.css';

import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { useState } from 'react';

import { type Kind, useCrudsOf } from '../api/cruds';
import { useMe } from '../api/people';
import type { Me, Profile } from '../api/types';
import { isolated } from '../base/characters';
import { formatLocale } from '../base/language';
import { Link, useSearchParams } from '../base/router';
import { Avatar } from '../components/avatar';
import { CrudList } from '../components/crud-list';
import { Dialog } from '../components/dialog';
import { useDocumentTitle } from '../components/document-title';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { PEN } from '../components/icon-paths';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { ProfileForm } from '../components/profile-form';
import {
  BLOCK_TEXT,
  BlockButton,
  FollowButton,
  PersonMenu,
  useRelated,
} from '../components/relation';
import { useServerHead } from '../components/server-head';
import { ShareButton } from '../components/share-button';
import { useSession } from '../session/session';

const EditProfile = ({ me, onClose }: { me: Me; onClose: () => void }) => (
  <Dialog title={t`Edit profile`} onClose={onClose}>
    <ProfileForm me={me} onSaved={onClose}>
      {(ready) => (
        <footer>
          <button type="button" className="button" onClick={onClose}>
            {t`Cancel`}
          </button>
          <button type="submit" className="button primary" disabled={!ready}>
            {t`Save`}
          </button>
        </footer>
      )}
    </ProfileForm>
  </Dialog>
);

/** The month in which an account began. The API tells it of the reader's own. */
function Joined({ at }: { at: string }) {
  const month = new Date(at).toLocaleDateString(formatLocale(), { month: 'long', year: 'numeric' });
  return (
    <span className="profile-joined">
      <Trans>
        Joined <time dateTime={at}>{month}</time>
      </Trans>
    </span>
  );
}

function ProfileCard({ profile: read }: { profile: Profile }) {
  const profile = useRelated(read);
  const { account } = useSession();
  const { data: me } = useMe();
  const [editing, setEditing] = useState(false);
  const {
    handle,
    cruds_count: cruds,
    followers_count: followers,
    following_count: following,
  } = profile;
  const mine = me?.handle === handle;
  const share = (
    <ShareButton
      className="button round"
      shared={{ path: `/@${profile.handle}`, title: `${profile.display_name} (@${profile.handle})` }}
    />
  );
  return (
    <section className="profile" aria-label={t`Profile`}>
      <Avatar handle={profile.handle} name={profile.display_name} size="large" />
      {mine ? (
        <div className="profile-actions">
          <button type="button" className="button" onClick={() => setEditing(true)}>
            <Icon path={PEN} /> {t`Edit profile`}
          </button>
          {share}
        </div>
      ) : (
        <div className="profile-actions">
          {profile.blocking ? (
            <BlockButton profile={profile} />
          ) : (
            <>
              <Link className="button" to={`/messages/new/${profile.handle}`}>
                <Icon name="mail" /> {t({ message: 'Message', context: 'verb' })}
              </Link>
              <FollowButton profile={profile} />
            </>
          )}
          {share}
          {account !== null && <PersonMenu profile={profile} />}
        </div>
      )}
      <div className="profile-words">
        <p className="profile-name">
          <Name>{profile.display_name}</Name>
        </p>
        <p className="quiet">
          <Handle>{profile.handle}</Handle>
          {profile.followed_by && <span className="follows-you">{t`Follows you`}</span>}
        </p>
        {profile.bio && <FoldedText className="profile-bio" text={profile.bio} />}
        <p className="profile-counts quiet">
          <Plural
            value={cruds}
            one={
              <Trans>
                <b>#</b> crud
              </Trans>
            }
            other={
              <Trans>
                <b>#</b> cruds
              </Trans>
            }
          />{' '}
          ·{' '}
          <Link to={`/@${handle}/followers`}>
            <Plural
              value={followers}
              one={
                <Trans>
                  <b>#</b> follower
                </Trans>
              }
              other={
                <Trans>
                  <b>#</b> followers
                </Trans>
              }
            />
          </Link>{' '}
          ·{' '}
          <Link to={`/@${handle}/following`}>
            <Plural
              value={following}
              one={
                <Trans>
                  <b>#</b> following
                </Trans>
              }
              other={
                <Trans>
                  <b>#</b> following
                </Trans>
              }
            />
          </Link>
          {mine && <Joined at={me.created_at} />}
        </p>
        {profile.muting && (
          <p className="profile-note">
            {t`You mute this person: nothing of them is in your feeds and notifications.`}
          </p>
        )}
      </div>
      {editing && me && <EditProfile me={me} onClose={() => setEditing(false)} />}
    </section>
  );
}

interface KindTexts {
  title: MessageDescriptor;
  empty: MessageDescriptor;
  hint: MessageDescriptor;
}

const KINDS: Record<Kind, KindTexts> = {
  cruds: {
    title: msg`Cruds`,
    empty: msg`No cruds right now`,
    hint: msg`Cruds expire. What is written next will be here.`,
  },
  replies: {
    title: msg`Replies`,
    empty: msg`No replies right now`,
    hint: msg`A reply ends with the crud that it answers.`,
  },
  reposts: {
    title: msg`Reposts`,
    empty: msg`No reposts right now`,
    hint: msg`A repost ends with its crud.`,
  },
};

/** The kind that `?kind=` names, else cruds. */
function useKind(): Kind {
  const [parameters] = useSearchParams();
  const named = parameters.get('kind') ?? '';
  return Object.hasOwn(KINDS, named) ? (named as Kind) : 'cruds';
}

function KindTabs({ handle, shown }: { handle: string; shown: Kind }) {
  return (
    <nav className="tabs" aria-label={t`What this person writes`}>
      {Object.entries(KINDS).map(([kind, { title }]) => (
        <Link
          key={kind}
          to={kind === 'cruds' ? `/@${handle}` : `/@${handle}?kind=${kind}`}
          replace
          preventScrollReset
          aria-current={kind === shown ? 'page' : undefined}
        >
          {i18n._(title)}
        </Link>
      ))}
    </nav>
  );
}

/** The profile that was read last, while another list is read. */
function useLastProfile(fresh: Profile | undefined): Profile | undefined {
  const [last, setLast] = useState(fresh);
  if (fresh && fresh !== last) setLast(fresh);
  return fresh ?? last;
}

export default function PersonPage({ handle }: { handle: string }) {
  useServerHead();
  const kind = useKind();
  const query = useCrudsOf(handle, kind);
  const profile = useLastProfile(query.data?.pages[0]?.value.profile);
  const { title, empty, hint } = KINDS[kind];
  const missing = query.error?.status === 404;
  useDocumentTitle(
    missing
      ? i18n._(NOT_FOUND_TITLE)
      : profile
        ? `${isolated(profile.display_name)} (@${profile.handle})`
        : `@${isolated(handle)}`,
  );
  const person = <Handle>{handle}</Handle>;
  const similar = `/search?term=${encodeURIComponent(handle)}&in=people`;
  if (missing)
    return (
      <NotFoundPage>
        <Trans>
          Nobody here is called {person}. The account may have been deleted or suspended, or the
          handle has a typing mistake. <Link to={similar}>Look for similar ones</Link>
        </Trans>
      </NotFoundPage>
    );
  return (
    <div className="column">
      <PageHead title={profile ? <Name>{profile.display_name}</Name> : <Handle>{handle}</Handle>} />
      {profile && (
        <>
          <ProfileCard profile={profile} />
          <KindTabs handle={profile.handle} shown={kind} />
          <h2 className="unseen">{i18n._(title)}</h2>
        </>
      )}
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages.map(({ activities }) => activities)}
            empty={
              profile?.blocking ? (
                <Notice icon="person" title={t`You block this person`}>
                  <p>{i18n._(BLOCK_TEXT)}</p>
                </Notice>
              ) : (
                <Notice icon="clock" title={i18n._(empty)}>
                  <p>{i18n._(hint)}</p>
                </Notice>
              )
            }
          />
        )}
      </PagedList>
    </div>
  );
}

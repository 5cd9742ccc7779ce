import { type SubmitEvent, useState } from 'react';
import { Link } from 'react-router';

import { useCrudsOf } from '../api/cruds';
import { useUpdateProfile } from '../api/mutations';
import { useMe } from '../api/people';
import type { Me, Profile } from '../api/types';
import { cleanName, cleanText, isolated } from '../base/characters';
import { limits, nameProblem, textLength, textProblem } from '../base/limits';
import { Avatar } from '../components/avatar';
import { CharactersLeft } from '../components/characters-left';
import { CrudList } from '../components/crud-list';
import { Dialog } from '../components/dialog';
import { useDocumentTitle } from '../components/document-title';
import { Field } from '../components/field';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { PEN } from '../components/icon-paths';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { codeText, problemText } from '../components/problem-text';
import { BlockButton, FollowButton, PersonMenu, useRelated } from '../components/relation';
import { useSession } from '../session/session';

/** Whether an error code says what is wrong with one of the fields. */
const isOfField = (code: string) => /^(display_name|bio)_/.test(code);

function EditProfile({ me, onClose }: { me: Me; onClose: () => void }) {
  const [name, setName] = useState(me.display_name);
  const [bio, setBio] = useState(me.bio ?? '');
  const { mutate, isPending, error, variables } = useUpdateProfile();
  const display_name = cleanName(name);
  const nameLength = textLength(display_name);
  const bioLength = textLength(bio);
  const badName = nameProblem(name);
  const badBio = textProblem(bio, limits.bio);
  const ready = !badName && !badBio && !isPending;
  // The server's refusal of one of the fields, as long as that field is unchanged.
  const refused = (field: 'display_name' | 'bio', value: string) =>
    error && variables[field] === value
      ? codeText(error.codes.filter((code) => code.startsWith(field)))
      : undefined;
  const refusedName = refused('display_name', display_name);
  const refusedBio = refused('bio', cleanText(bio));

  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready) return;
    setName(display_name);
    mutate({ display_name, bio: cleanText(bio) }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Edit profile" onClose={onClose}>
      <form onSubmit={save}>
        <Field label="Display name" error={badName ?? refusedName}>
          {(attributes) => (
            <input
              {...attributes}
              dir="auto"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <CharactersLeft length={nameLength} max={limits.display_name} />
        <Field label="About you" error={badBio ?? refusedBio}>
          {(attributes) => (
            <textarea
              {...attributes}
              dir="auto"
              rows={3}
              value={bio}
              onChange={(event) => setBio(event.target.value)}
            />
          )}
        </Field>
        <CharactersLeft length={bioLength} max={limits.bio} />
        {error && !error.codes.some(isOfField) && (
          <p className="error" role="alert">
            Not saved. {problemText(error)}
          </p>
        )}
        <footer>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={!ready}>
            Save
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function ProfileCard({ profile: read }: { profile: Profile }) {
  const profile = useRelated(read);
  const { account } = useSession();
  const { data: me } = useMe();
  const [editing, setEditing] = useState(false);
  const mine = me?.handle === profile.handle;
  return (
    <section className="profile" aria-label="Profile">
      <Avatar handle={profile.handle} name={profile.display_name} size="large" />
      <div className="profile-words">
        <p className="profile-name">
          <Name>{profile.display_name}</Name>
        </p>
        <p className="quiet">
          <Handle>{profile.handle}</Handle>
          {profile.followed_by && <span className="follows-you">Follows you</span>}
        </p>
        <p className="quiet">
          {counted(profile.cruds_count, 'crud', 'cruds')} ·{' '}
          <Link to={`/@${profile.handle}/followers`}>
            {counted(profile.followers_count, 'follower', 'followers')}
          </Link>{' '}
          · <Link to={`/@${profile.handle}/following`}>{profile.following_count} following</Link>
        </p>
        {profile.muting && (
          <p className="quiet">You mute this person: nothing of them is in your feeds and notifications.</p>
        )}
        {profile.bio && <FoldedText className="profile-bio" text={profile.bio} />}
      </div>
      {mine ? (
        <button type="button" className="button" onClick={() => setEditing(true)}>
          <Icon path={PEN} /> Edit profile
        </button>
      ) : (
        <div className="profile-actions">
          {profile.blocking ? (
            <BlockButton profile={profile} />
          ) : (
            <>
              <FollowButton profile={profile} />
              <Link className="button" to={`/messages/new/${profile.handle}`}>
                <Icon name="mail" /> Message
              </Link>
            </>
          )}
          {account !== null && <PersonMenu profile={profile} />}
        </div>
      )}
      {editing && me && <EditProfile me={me} onClose={() => setEditing(false)} />}
    </section>
  );
}

export default function PersonPage({ handle }: { handle: string }) {
  const query = useCrudsOf(handle);
  const profile = query.data?.pages[0]?.value.profile;
  const missing = query.error?.status === 404;
  useDocumentTitle(
    missing
      ? NOT_FOUND_TITLE
      : profile
        ? `${isolated(profile.display_name)} (@${profile.handle})`
        : `@${isolated(handle)}`,
  );
  if (missing)
    return (
      <NotFoundPage>
        Nobody here is called <Handle>{handle}</Handle>.
      </NotFoundPage>
    );
  return (
    <div className="column">
      <PageHead title={profile ? <Name>{profile.display_name}</Name> : <Handle>{handle}</Handle>} />
      <PagedList query={query}>
        {(pages) => (
          <>
            {profile && <ProfileCard profile={profile} />}
            <h2 className="unseen">Cruds</h2>
            <CrudList
              pages={pages.map(({ activities }) => activities)}
              empty={
                <Notice
                  icon="clock"
                  title={profile?.blocking ? 'You block this person' : 'No cruds right now'}
                />
              }
            />
          </>
        )}
      </PagedList>
    </div>
  );
}

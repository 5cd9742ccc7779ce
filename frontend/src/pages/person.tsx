import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';

import { useCrudsOf } from '../api/cruds';
import { useMe, useUpdateProfile } from '../api/people';
import type { Me, Profile } from '../api/types';
import { hasControl, limits, textLength } from '../base/limits';
import { Avatar } from '../components/avatar';
import { CharactersLeft } from '../components/characters-left';
import { CrudList } from '../components/crud-list';
import { Dialog } from '../components/dialog';
import { useDocumentTitle } from '../components/document-title';
import { Field } from '../components/field';
import { Icon } from '../components/icons';
import { NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { problemText } from '../components/problem-text';
import { RichText } from '../components/rich-text';

function EditProfile({ me, onClose }: { me: Me; onClose: () => void }) {
  const [name, setName] = useState(me.display_name);
  const [bio, setBio] = useState(me.bio ?? '');
  const { mutate, isPending, error } = useUpdateProfile();
  const nameLength = textLength(name);
  const bioLength = textLength(bio);
  const ready =
    nameLength > 0 &&
    nameLength <= limits.display_name &&
    bioLength <= limits.bio &&
    !hasControl(name, false) &&
    !isPending;

  const save = (event: FormEvent) => {
    event.preventDefault();
    mutate({ display_name: name.trim(), bio: bio.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Edit profile" onClose={onClose}>
      <form onSubmit={save}>
        <Field label="Display name" error={nameLength === 0 ? 'Enter a name.' : undefined}>
          {(attributes) => (
            <input {...attributes} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <CharactersLeft length={nameLength} max={limits.display_name} />
        <Field label="About you">
          {(attributes) => (
            <textarea
              {...attributes}
              rows={3}
              value={bio}
              onChange={(event) => setBio(event.target.value)}
            />
          )}
        </Field>
        <CharactersLeft length={bioLength} max={limits.bio} />
        {error && (
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

function ProfileCard({ profile }: { profile: Profile }) {
  const { data: me } = useMe();
  const [editing, setEditing] = useState(false);
  const mine = me?.handle === profile.handle;
  return (
    <section className="profile" aria-label="Profile">
      <Avatar handle={profile.handle} name={profile.display_name} size="large" />
      <div className="profile-words">
        <p className="profile-name">{profile.display_name}</p>
        <p className="quiet">
          @{profile.handle} · {profile.cruds_count} {profile.cruds_count === 1 ? 'crud' : 'cruds'}
        </p>
        {profile.bio && (
          <p className="profile-bio">
            <RichText text={profile.bio} />
          </p>
        )}
      </div>
      {mine ? (
        <button type="button" className="button" onClick={() => setEditing(true)}>
          <Icon name="pen" /> Edit profile
        </button>
      ) : (
        <Link className="button" to={`/messages/new/${profile.handle}`}>
          <Icon name="mail" /> Message
        </Link>
      )}
      {editing && me && <EditProfile me={me} onClose={() => setEditing(false)} />}
    </section>
  );
}

export default function PersonPage({ handle }: { handle: string }) {
  const query = useCrudsOf(handle);
  const profile = query.data?.pages[0]?.value.profile;
  useDocumentTitle(profile ? `${profile.display_name} (@${profile.handle})` : `@${handle}`);
  if (query.error?.status === 404) return <NotFoundPage />;
  return (
    <div className="column">
      <PageHead title={profile?.display_name ?? `@${handle}`} />
      <PagedList query={query}>
        {(pages) => (
          <>
            {profile && <ProfileCard profile={profile} />}
            <h2 className="unseen">Cruds</h2>
            <CrudList
              cruds={pages.flatMap(({ activities }) => activities)}
              empty={<Notice icon="clock" title="No cruds right now" />}
            />
          </>
        )}
      </PagedList>
    </div>
  );
}

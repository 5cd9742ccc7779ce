import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';

import { useCrudsOf } from '../api/cruds';
import { useMe, useUpdateProfile } from '../api/people';
import type { Me, Profile } from '../api/types';
import { Avatar, Count, describe, Field, Notice, RichText, useTitle } from '../components/basics';
import { Dialog } from '../components/dialog';
import { Cruds, PagedList } from '../components/feed';
import { Icon } from '../components/icons';
import { PageHead } from '../components/layout';
import { hasControl, limits, textLength } from '../limits';
import { NotFoundPage } from './not-found';

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
        <Field label="Display name" error={nameLength === 0 ? 'A name is needed.' : undefined}>
          {(attributes) => (
            <input {...attributes} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Count length={nameLength} max={limits.display_name} />
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
        <Count length={bioLength} max={limits.bio} />
        {error && (
          <p className="error" role="alert">
            Not saved. {describe(error)}
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
  useTitle(profile ? `${profile.display_name} (@${profile.handle})` : `@${handle}`);
  if (query.error?.status === 404) return <NotFoundPage />;
  return (
    <div className="column">
      <PageHead title={profile?.display_name ?? `@${handle}`} />
      <PagedList query={query}>
        {(pages) => (
          <>
            {profile && <ProfileCard profile={profile} />}
            <h2 className="unseen">Cruds</h2>
            <Cruds
              cruds={pages.flatMap(({ activities }) => activities)}
              empty={<Notice icon="clock" title="No cruds at the moment" />}
            />
          </>
        )}
      </PagedList>
    </div>
  );
}

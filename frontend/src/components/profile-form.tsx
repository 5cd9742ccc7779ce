/* The form of a person's name and what they tell about themselves. */
import { t } from '@lingui/core/macro';
import { type ReactNode, type SubmitEvent, useState } from 'react';

import { useUpdateProfile } from '../api/mutations';
import type { Me } from '../api/types';
import { cleanName, cleanText } from '../base/characters';
import { limits, nameProblem, textLength, textProblem } from '../base/limits';
import { CharactersLeft } from './characters-left';
import { Field } from './field';
import { codeText, problemText } from './problem-text';

const FIELDS = ['display_name', 'bio'] as const;
type FieldName = (typeof FIELDS)[number];

const isOfField = (code: string) => FIELDS.some((field) => code.startsWith(field));

interface Props {
  me: Me;
  /** Notes below the fields, for somebody who fills them in for the first time. */
  hints?: Record<FieldName, string>;
  onSaved: () => void;
  /** The buttons; `ready`: what is written can be saved. */
  children: (ready: boolean) => ReactNode;
}

export function ProfileForm({ me, hints, onSaved, children }: Props) {
  const [name, setName] = useState(me.display_name);
  const [bio, setBio] = useState(me.bio ?? '');
  const { mutate, isPending, error, variables } = useUpdateProfile();
  const profile = { display_name: cleanName(name), bio: cleanText(bio) };
  const badName = nameProblem(name);
  const badBio = textProblem(bio, limits.bio);
  const ready = !badName && !badBio && !isPending;
  // The server's refusal of one of the fields, as long as that field is unchanged.
  const refused = (field: FieldName) =>
    error && variables[field] === profile[field]
      ? codeText(error.codes.filter((code) => code.startsWith(field)))
      : undefined;
  const reason = error && !error.codes.some(isOfField) ? problemText(error) : undefined;
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready) return;
    setName(profile.display_name);
    if (profile.display_name === me.display_name && profile.bio === (me.bio ?? '')) onSaved();
    else mutate(profile, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={save}>
      <Field
        label={t`Display name`}
        hint={hints?.display_name}
        error={badName ?? refused('display_name')}
      >
        {(attributes) => (
          <input
            {...attributes}
            dir="auto"
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <CharactersLeft length={textLength(profile.display_name)} max={limits.display_name} />
      <Field label={t`About you`} hint={hints?.bio} error={badBio ?? refused('bio')}>
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
      <CharactersLeft length={textLength(bio)} max={limits.bio} />
      {reason !== undefined && (
        <p className="error" role="alert">
          {t`Not saved. ${reason}`}
        </p>
      )}
      {children(ready)}
    </form>
  );
}

/* The settings that the server keeps, which are saved as they are chosen. */
import { t } from '@lingui/core/macro';
import { type ReactNode, useState } from 'react';

import { reasonOf } from '../api/queries';
import { useChangeSettings, useSettings } from '../api/settings';
import type { Settings } from '../api/types';
import { Failure } from '../components/failure';
import { problemText } from '../components/problem-text';
import { Skeleton } from '../components/skeleton';

interface Props {
  children: (settings: Settings, change: (changes: Partial<Settings>) => void) => ReactNode;
}

export function SettingsForm({ children }: Props) {
  const query = useSettings();
  const { data, refetch } = query;
  const error = reasonOf(query);
  const { mutate, error: refused } = useChangeSettings();
  // Choices on their way are shown at once, and taken back if the server refuses them.
  const [chosen, setChosen] = useState<Partial<Settings>>({});
  const change = (changes: Partial<Settings>) => {
    setChosen((before) => ({ ...before, ...changes }));
    mutate(changes, { onSettled: () => setChosen({}) });
  };
  const reason = refused && problemText(refused);
  if (!data)
    return error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton />;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      {children({ ...data, ...chosen }, change)}
      <p className="error" role="alert">
        {reason && t`Not saved. ${reason}`}
      </p>
    </form>
  );
}

/* Lists of people. Apart from the account, which every first page reads. */
import { usePages } from './cruds';
import { keys } from './queries';
import type { Profile } from './types';

/** A list of people, read page by page. */
export const usePeople = (path: string, options?: { enabled?: boolean }) =>
  usePages<Profile[]>(keys.peopleOf(path), path, options);

export const useFoundPeople = (term: string) =>
  usePeople(`/api/users?term=${encodeURIComponent(term)}`, { enabled: term !== '' });

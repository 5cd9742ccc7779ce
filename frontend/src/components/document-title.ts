import { useEffect } from 'react';

import { useMe } from '../api/people';

/** Set the title of the browser's tab: the number of unread things, then the name of the page. */
export function useDocumentTitle(name: string) {
  const { data: me } = useMe();
  const unread = (me?.unread_messages ?? 0) + (me?.unread_notifications ?? 0);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${name} · Cruddur`;
  }, [name, unread]);
}

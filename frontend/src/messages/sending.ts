/* The outbox of this tab, connected to the API, the cached lists and the tab's storage. */
import { useSyncExternalStore } from 'react';

import { fetchJson } from '../api/http';
import { keys, queryClient } from '../api/queries';
import type { SentMessage } from '../api/types';
import { currentAccount, onSession } from '../session/session';
import { readStored, writeStored } from '../session/tab-storage';
import { addGroups, addMessages, type Groups, type Thread } from './lists';
import { Outbox } from './outbox';

export const outbox = new Outbox({
  send: ({ key, to, text }) =>
    fetchJson<SentMessage>('/api/messages', {
      method: 'POST',
      body: { message: text, ...to },
      key,
    }),

  delivered: ({ to }, { message_group_uuid: group, ...message }) => {
    queryClient.setQueryData<Thread>(
      keys.thread(group),
      (thread) => thread && addMessages(thread, [message]),
    );
    queryClient.setQueryData<Groups>(keys.groups, (list) => {
      const known = list?.groups.find(({ uuid }) => uuid === group);
      if (!list || !known) return list;
      const { message: text, created_at } = message;
      return addGroups(list, [{ ...known, message: text, created_at }]);
    });
    void queryClient.invalidateQueries({ queryKey: keys.groups });
    if ('handle' in to) void queryClient.invalidateQueries({ queryKey: keys.groupWith(to.handle) });
  },

  load: () => readStored(currentAccount() ?? '', 'outbox', []),
  save: (entries) => {
    const account = currentAccount();
    if (account) writeStored(account, 'outbox', entries);
  },
});

// Send what was written before a reload, or before the last session ended.
outbox.resume();
onSession(() => outbox.resume());
window.addEventListener('online', () => outbox.retryAll());

export const useOutbox = () => useSyncExternalStore(outbox.subscribe, outbox.all);

/* Shows a delivered message in the cached lists, before they are read again. */
import { keys, queryClient } from '../api/queries';
import type { SentMessage } from '../api/types';
import { loadOutbox } from '../outbox/entries';
import { addGroups, addMessages, type Groups, type Thread } from './lists';

function connect({ onAnswered }: Awaited<ReturnType<typeof loadOutbox>>) {
  onAnswered((content, answer) => {
    if (content.kind !== 'message') return;
    const { message_group_uuid: group, ...message } = answer as SentMessage;
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
    // Ask now for what others wrote: the change above has started the pause between polls again.
    const thread = { queryKey: keys.thread(group), type: 'active' } as const;
    void queryClient.refetchQueries(thread, { cancelRefetch: false });
    void queryClient.invalidateQueries({ queryKey: keys.groups });
    if ('handle' in content.to)
      void queryClient.invalidateQueries({ queryKey: keys.groupWith(content.to.handle) });
  });
}

loadOutbox().then(connect, () => {
  // Without the sender nothing is delivered from here.
});

/* The sender of the outbox, connected to the device, the API and the cached lists. */
import { barrierChanged, bookmarkChanged, crudChanged, crudPosted, crudReplied, followChanged } from '../api/crud-changes';
import { fetchJson } from '../api/http';
import type { Problem } from '../api/problem';
import type { Crud, Relation, SentMessage } from '../api/types';
import { alone } from '../base/alone';
import {
  deviceRead,
  list,
  onOtherTab,
  onTabEvent,
  refresh,
  tellTabs,
  update,
  write,
  written,
} from '../session/device';
import { currentAccount, onSession } from '../session/session';
import { type Content, type Entry, inOrder, isText, laneOf } from './entry';
import { Queue } from './queue';

const account = () => currentAccount() ?? '';

function requestOf(content: Content): [method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown] {
  switch (content.kind) {
    case 'message':
      return ['POST', '/api/messages', { message: content.text, ...content.to }];
    case 'crud':
      return ['POST', '/api/activities', { message: content.text, ttl: content.ttl }];
    case 'reply':
      return ['POST', `/api/activities/${content.to.uuid}/reply`, { message: content.text }];
    case 'mark':
      return [content.on ? 'PUT' : 'DELETE', `/api/activities/${content.uuid}/${content.mark}`];
    case 'follow':
    case 'mute':
    case 'block':
      return [content.on ? 'PUT' : 'DELETE', `/api/users/@${content.handle}/${content.kind}`];
  }
}

/** An answer of the server, for every tab. */
interface Answered {
  content: Content;
  answer: unknown;
}

const answered = new Set<(content: Content, answer: unknown) => void>();

/** For the lists that a page adds to the ones below. */
export const onAnswered = (listener: (content: Content, answer: unknown) => void) =>
  answered.add(listener);

function show({ content, answer }: Answered) {
  if (content.kind === 'crud') void crudPosted(answer as Crud);
  if (content.kind === 'reply') void crudReplied(content.to.uuid);
  if (content.kind === 'mark' && content.mark === 'bookmark') void bookmarkChanged(answer as Crud);
  else if (content.kind === 'mark') crudChanged(answer as Crud);
  if (content.kind === 'follow') void followChanged(answer as Relation);
  if (content.kind === 'mute' || content.kind === 'block') void barrierChanged(answer as Relation);
  for (const listener of answered) listener(content, answer);
}

const refused = new Set<(entry: Entry, problem: Problem) => void>();

export function onRefused(listener: (entry: Entry, problem: Problem) => void): () => void {
  refused.add(listener);
  return () => refused.delete(listener);
}

export const queue = new Queue({
  entries: () => inOrder(list<Entry>(account(), 'unsent')),
  change: (key, changes) => update<Entry>(account(), 'unsent', key, changes),
  remove: (key) => write(account(), 'unsent', key, undefined),

  send: ({ key, content }) => {
    const [method, path, body] = requestOf(content);
    return fetchJson(path, { method, key, body, account: account() });
  },

  async delivered({ key, content }, answer) {
    show({ content, answer });
    tellTabs('answer', { content, answer });
    // The texts behind it will be newer than this one.
    if ('text' in content)
      for (const later of list<Entry>(account(), 'unsent'))
        if (later.key !== key && isText(later) && laneOf(later.content) === laneOf(content)) {
          const { created_at: since } = answer as Crud | SentMessage;
          update<Entry>(account(), 'unsent', later.key, { content: { ...later.content, since } });
        }
    // The cached lists notify their readers in the next task: the entry goes when they have it.
    await new Promise((resolve) => setTimeout(resolve));
  },

  failed(entry, problem) {
    for (const listener of refused) listener(entry, problem);
    // Nothing can be done about a mark or a relation that is refused.
    if (!isText(entry) && !problem.isTemporary) write(account(), 'unsent', entry.key, undefined);
  },

  alone: (work) =>
    alone('cruddur:outbox', async () => {
      await refresh(account(), 'unsent');
      await work();
      await written();
    }),
});

onTabEvent('answer', (event) => show(event as Answered));
onOtherTab((kinds) => {
  if (kinds.has('unsent')) queue.changed();
});
// Send what was written before a reload, or before the last session ended.
onSession(() => queue.resume());
window.addEventListener('online', () => queue.resume());
void deviceRead().then(() => queue.resume());

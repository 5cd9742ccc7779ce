/*
 * Copies of what the pages showed last, kept on the device for the next visit: it is shown at once, also
 * without a network, and read as soon as possible. Nothing but what is shown follows from a copy.
 */
import { hashKey } from '@tanstack/react-query';

import { HOME_PATH } from '../api/cruds';
import type { Feed } from '../api/front';
import type { Page } from '../api/http';
import { keys, queryClient } from '../api/queries';
import type { Crud, Message, MessageGroup } from '../api/types';
import { serverNow } from '../base/now';
import { list, write } from '../session/device';
import { NO_CONVERSATIONS, listed, withCopies } from './conversations';
import { changeConversations, onStore, readStore, setThread } from './store';
import { messagesPath, placeAt } from './place';
import { type Thread, threadOf } from './thread';

interface Copy<T> {
  /** Name of the row. */
  name: string;
  /** Date.now() when it was shown. */
  at: number;
  page: Page<T[]>;
}

type ThreadCopy = Copy<Message> & { group: string };

/** A change is written after this time, with those that come until then. */
const PAUSE_MS = 1_000;
const KEPT_MS = 7 * 24 * 3_600_000;
const THREADS = 5;
const MESSAGES = 40;
const CONVERSATIONS = 40;

const HOME = 'home';
const HOME_HASH = hashKey(keys.home);
const LIST = 'conversations';
const nameOf = (group: string) => `thread/${group}`;

/** The source of each copy, by the name of its row. */
const written = new Map<string, unknown>();

// --- showing --------------------------------------------------------------------------------------
function showHome({ at, page }: Copy<Crud>) {
  const living = page.value.filter(({ expires_at }) => Date.parse(expires_at) > serverNow());
  if (living.length === 0) return;
  const shown = { ...page, value: living };
  const feed: Feed = { pages: [shown], pageParams: [HOME_PATH] };
  written.set(HOME, shown);
  queryClient.setQueryData<Feed>(keys.home, (now) => now ?? feed, { updatedAt: at });
}

function showThread({ group, at, page }: ThreadCopy) {
  const opened = { unread: null, newestAt: page.value.at(-1)?.created_at ?? '' };
  setThread(group, { ...threadOf(page, opened), isCopy: true, readAt: at });
}

/** Show what this account saw last, as long as nothing newer is known. The device has been read. */
export function showCopies(account: string) {
  for (const copy of list<Copy<unknown>>(account, 'copy')) {
    if (Date.now() - copy.at > KEPT_MS) write(account, 'copy', copy.name, undefined);
    else if (copy.name === HOME) showHome(copy as Copy<Crud>);
    else if (copy.name === LIST)
      changeConversations((all) =>
        all === NO_CONVERSATIONS ? withCopies(copy.page as Page<MessageGroup[]>, copy.at) : all,
      );
    else showThread(copy as ThreadCopy);
  }
  written.set(LIST, readStore().conversations);
}

// --- keeping --------------------------------------------------------------------------------------
const pageOf = <T>(value: T[], next: string | null): Page<T[]> => ({ value, next, previous: null });

function homeNow(): Page<Crud[]> | undefined {
  return queryClient.getQueryData<Feed>(keys.home)?.pages[0];
}

function listNow(): Page<MessageGroup[]> | undefined {
  const { conversations } = readStore();
  const shown = listed(conversations)?.slice(0, CONVERSATIONS);
  // Behind a part of the list the next page is found again by reading the front.
  return shown && pageOf(shown, conversations.list?.older ?? null);
}

function threadNow(group: string, { messages, older }: Thread): Page<Message[]> {
  const last = messages.slice(-MESSAGES);
  const before = `${messagesPath(group)}?before=${placeAt(last[0]?.created_at ?? '')}&limit=${MESSAGES}`;
  return pageOf(last, last.length < messages.length ? before : older);
}

/** Keep copies of what this account sees. Returns how to end it. */
export function keepCopies(account: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** `source` is another object when there is something to write. */
  const keep = (name: string, source: unknown, page: Page<unknown[]> | undefined, more = {}) => {
    if (!page || written.get(name) === source) return;
    written.set(name, source);
    write(account, 'copy', name, { name, at: Date.now(), page, ...more });
  };
  const keepAll = () => {
    clearTimeout(timer);
    timer = undefined;
    const { conversations, threads } = readStore();
    const home = homeNow();
    keep(HOME, home, home);
    keep(LIST, conversations, listNow());
    for (const [group, thread] of threads)
      if (thread.newer === null && !thread.isCopy)
        keep(nameOf(group), thread.messages, threadNow(group, thread), { group });
    const kept = list<Copy<unknown>>(account, 'copy')
      .filter(({ name }) => name !== HOME && name !== LIST)
      .sort((a, b) => b.at - a.at);
    for (const { name } of kept.slice(THREADS)) write(account, 'copy', name, undefined);
  };
  const changed = () => {
    timer ??= setTimeout(keepAll, PAUSE_MS);
  };
  const ends = [
    onStore(changed),
    queryClient.getQueryCache().subscribe(({ type, query }) => {
      if (type === 'updated' && query.queryHash === HOME_HASH) changed();
    }),
  ];
  changed();
  window.addEventListener('pagehide', keepAll);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('pagehide', keepAll);
    for (const end of ends) end();
  };
}

/* The entries of the outbox: entering them, and the person's decisions about them. */
import { useMemo, useSyncExternalStore } from 'react';

import { randomUuid } from '../base/uuid';
import { list, onDevice, update, write } from '../session/device';
import { readDraft, writeDraft } from '../session/drafts';
import { currentAccount, useSession } from '../session/session';
import {
  type Content,
  conversationOf,
  type Entry,
  inOrder,
  isTemporary,
  laneOf,
  type TextContent,
  UNSURE,
} from './entry';

const account = () => currentAccount() ?? '';
const entries = () => list<Entry>(account(), 'unsent');

/** The entries of the signed-in account, in the order in which they were written. */
export function useEntries(): Entry[] {
  useSession();
  const all = useSyncExternalStore(onDevice, entries);
  return useMemo(() => inOrder(all), [all]);
}

/** The sender is loaded only for people who are signed in. Until it is there, entries wait. */
export const loadOutbox = () => import('./outbox');

async function sendNow() {
  const { queue } = await loadOutbox();
  queue.changed();
}

function changed() {
  sendNow().catch(() => {
    // The next start sends.
  });
}

const keep = (entry: Entry) => write(account(), 'unsent', entry.key, entry);
const remove = (key: string) => write(account(), 'unsent', key, undefined);

/** From here on it is not lost: it is sent as soon as that is possible. */
export function send(content: Content) {
  const before = inOrder(entries());
  const lane = laneOf(content);
  // Of several wishes about a mark or a person the last one counts. One that is on its way stays before it.
  if (!('text' in content))
    for (const entry of before)
      if (laneOf(entry.content) === lane && (entry.tried === undefined || entry.state === 'failed'))
        remove(entry.key);
  const number = Math.max(Date.now(), (before.at(-1)?.number ?? 0) + 1);
  keep({ key: randomUuid(), content, number, state: 'waiting' });
  changed();
}

/** Try it now, and with it what failed in the same lane for a reason that may have passed. */
export function retry({ key, content }: Entry) {
  const lane = laneOf(content);
  for (const entry of entries()) {
    const again = entry.key === key || (isTemporary(entry) && laneOf(entry.content) === lane);
    if (!again || entry.state !== 'failed') continue;
    // The person has looked whether it arrived: the time since the first attempt begins again.
    const looked = entry.reason?.codes.includes(UNSURE) ? { tried: Date.now() } : {};
    update<Entry>(account(), 'unsent', entry.key, { state: 'waiting', ...looked });
  }
  changed();
}

export function discard({ key }: Entry) {
  remove(key);
  changed();
}

/** It has certainly not arrived, so it may become another text. */
export const isEditable = ({ tried, reason }: Entry) =>
  tried === undefined || (reason !== undefined && reason.status >= 400 && reason.status < 500);

/** Name of the draft of the composer that writes such a text. */
export function draftOf(content: TextContent): string {
  switch (content.kind) {
    case 'message':
      return `message:${conversationOf(content.to)}`;
    case 'crud':
      return 'crud';
    case 'reply':
      return `reply:${content.to.uuid}`;
  }
}

/** The page with that composer. */
export function pathOf(content: TextContent): string {
  switch (content.kind) {
    case 'message':
      return 'handle' in content.to
        ? `/messages/new/${content.to.handle}`
        : `/messages/${content.to.message_group_uuid}`;
    case 'crud':
      return '/';
    case 'reply':
      return `/@${content.to.handle}/status/${content.to.uuid}`;
  }
}

/** Take a text back into its composer, above what has been written there since. */
export function edit(entry: Entry<TextContent>) {
  const { content } = entry;
  const draft = readDraft(draftOf(content));
  const ttl = content.kind === 'crud' ? content.ttl : draft.ttl;
  const text = draft.text === '' ? content.text : `${content.text}\n${draft.text}`;
  writeDraft(draftOf(content), { text, ...(ttl === undefined ? {} : { ttl }), focus: true });
  discard(entry);
}

/** How much would be lost by signing out. */
export function unsent(): { entries: number; drafts: number } {
  const drafts = list<{ text: string }>(account(), 'draft');
  return {
    entries: entries().length,
    drafts: drafts.filter(({ text }) => text.trim() !== '').length,
  };
}

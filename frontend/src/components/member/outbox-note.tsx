/* For signed-in people: says that the device is offline or not live yet, and what is not sent. */
import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { useEffect, useState } from 'react';

import { useMe } from '../../api/people';
import { useOnline } from '../../base/online';
import { Dialog } from '../dialog';
import { problemText } from '../problem-text';
import { toast } from '../toast';
import { UnsentFoot } from './unsent';
import { useConnection, useLive } from '../../live';
import { loadOutbox, useEntries } from '../../outbox/entries';
import { type Entry, isText } from '../../outbox/entry';
import { isKept } from '../../session/device';
import { useSession } from '../../session/session';

const KINDS = {
  message: msg({ message: 'Message', context: 'noun' }),
  crud: msg({ message: 'Crud', context: 'noun' }),
  reply: msg({ message: 'Reply', context: 'noun' }),
};
const RELATIONS = {
  follow: (handle: string) => [t`Follow @${handle}`, t`Unfollow @${handle}`] as const,
  mute: (handle: string) => [t`Mute @${handle}`, t`Unmute @${handle}`] as const,
  block: (handle: string) => [t`Block @${handle}`, t`Unblock @${handle}`] as const,
};
const MARKS = {
  like: [msg({ message: 'Like', context: 'verb' }), msg`Take back a like`],
  repost: [msg`Repost`, msg`Take back a repost`],
  bookmark: [msg`Bookmark`, msg`Remove a bookmark`],
} as const;

function nameOf({ content }: Entry): string {
  if (content.kind === 'mark') return i18n._(MARKS[content.mark][content.on ? 0 : 1]);
  if ('to' in content || content.kind === 'crud') return i18n._(KINDS[content.kind]);
  return RELATIONS[content.kind](content.handle)[content.on ? 0 : 1];
}

function List({ entries, onClose }: { entries: Entry[]; onClose: () => void }) {
  return (
    <Dialog title={t`Not sent yet`} onClose={onClose}>
      <ul className="unsent">
        {entries.map((entry) => (
          <li key={entry.key} data-state={entry.state}>
            <p className="quiet">{nameOf(entry)}</p>
            {isText(entry) && (
              <p className="crud-text fold" dir="auto">
                {entry.content.text}
              </p>
            )}
            <UnsentFoot entry={entry} onEdit={onClose} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** A page that has just been opened, or whose stream moves to another server, is live again soon. */
const CONNECTING_MS = 3_000;

/** Whether what others do has not been seen for some time. */
function useIsConnecting(): boolean {
  const connecting = useConnection() === 'connecting';
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!connecting) return;
    const timer = setTimeout(() => setLate(true), CONNECTING_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [connecting]);
  return late;
}

function textOf(online: boolean, connecting: boolean, entries: Entry[]): string | undefined {
  const failed = entries.filter(({ state }) => state === 'failed').length;
  const stuck = entries.some(({ reason }) => reason?.status === 0);
  const { length: waiting } = entries;
  if (online) {
    if (failed > 0) return t`${failed} not sent.`;
    if (stuck) return t`Cruddur can’t be reached. ${waiting} waiting.`;
    return connecting ? t`Connecting…` : undefined;
  }
  const offline =
    waiting === 0
      ? t`You’re offline. What you write is sent when you’re back.`
      : t`You’re offline. ${waiting} waiting, sent when you’re back.`;
  return isKept() ? offline : `${offline} ${t`Keep this tab open until then.`}`;
}

/** A mark or a relation that the server refuses is said at once, wherever the person is. */
function useRefusals() {
  useEffect(() => {
    let stop: (() => void) | undefined;
    let over = false;
    const connect = ({ onRefused }: Awaited<ReturnType<typeof loadOutbox>>) => {
      if (over) return;
      stop = onRefused((entry, problem) => {
        const why = problemText(problem);
        if (!isText(entry)) toast(t`Not saved. ${why}`);
      });
    };
    loadOutbox().then(connect, () => {
      // Without the sender nothing is refused.
    });
    return () => {
      over = true;
      stop?.();
    };
  }, []);
}

export function OutboxNote() {
  const online = useOnline();
  const entries = useEntries();
  const [open, setOpen] = useState(false);
  useRefusals();
  const { account } = useSession();
  // Not before the account can be used: it may have no handle yet.
  useLive(useMe().data ? account : null);
  const text = textOf(online, useIsConnecting(), entries);
  const thin = text === t`Connecting…`;
  return (
    <div role="status">
      {text && (
        <p className="offline" data-thin={thin || undefined}>
          {text}{' '}
          {entries.length > 0 && (
            <button type="button" className="link" onClick={() => setOpen(true)}>
              {t`Show`}
            </button>
          )}
        </p>
      )}
      {open && entries.length > 0 && <List entries={entries} onClose={() => setOpen(false)} />}
    </div>
  );
}

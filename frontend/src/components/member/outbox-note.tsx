/* For signed-in people: says that the device is offline or not live yet, and what is not sent. */
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

const KINDS = { message: 'Message', crud: 'Crud', reply: 'Reply' };
const RELATIONS = {
  follow: ['Follow', 'Unfollow'],
  mute: ['Mute', 'Unmute'],
  block: ['Block', 'Unblock'],
} as const;
const MARKS = { like: ['Like', 'Take back a like'], repost: ['Repost', 'Take back a repost'] };

function nameOf({ content }: Entry): string {
  if (content.kind === 'mark') return MARKS[content.mark][content.on ? 0 : 1] ?? '';
  if ('to' in content || content.kind === 'crud') return KINDS[content.kind];
  return `${RELATIONS[content.kind][content.on ? 0 : 1]} @${content.handle}`;
}

function List({ entries, onClose }: { entries: Entry[]; onClose: () => void }) {
  return (
    <Dialog title="Not sent yet" onClose={onClose}>
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

const CONNECTING = 'Connecting…';
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
  if (online) {
    if (failed > 0) return `${failed} not sent.`;
    if (stuck) return `Cruddur can’t be reached. ${entries.length} waiting.`;
    return connecting ? CONNECTING : undefined;
  }
  const open = isKept() ? '' : ' Keep this tab open until then.';
  return entries.length === 0
    ? `You’re offline. What you write is sent when you’re back.${open}`
    : `You’re offline. ${entries.length} waiting, sent when you’re back.${open}`;
}

/** A mark or a relation that the server refuses is said at once, wherever the person is. */
function useRefusals() {
  useEffect(() => {
    let stop: (() => void) | undefined;
    let over = false;
    const connect = ({ onRefused }: Awaited<ReturnType<typeof loadOutbox>>) => {
      if (over) return;
      stop = onRefused((entry, problem) => {
        if (!isText(entry)) toast(`Not saved. ${problemText(problem)}`);
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
  const thin = text === CONNECTING;
  return (
    <div role="status">
      {text && (
        <p className="offline" data-thin={thin || undefined}>
          {text}{' '}
          {entries.length > 0 && (
            <button type="button" className="link" onClick={() => setOpen(true)}>
              Show
            </button>
          )}
        </p>
      )}
      {open && entries.length > 0 && <List entries={entries} onClose={() => setOpen(false)} />}
    </div>
  );
}

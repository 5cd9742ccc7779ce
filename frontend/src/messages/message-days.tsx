/* The messages of a conversation, grouped by day. */
import { plural, t } from '@lingui/core/macro';
import { Fragment, type KeyboardEvent, memo, useId, useState } from 'react';

import type { Message } from '../api/types';
import { useClock, useTimeZone } from '../base/now';
import { clockTime, dayLabel, fullTime } from '../base/time';
import Chunk from '../components/chunk';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { MORE } from '../components/icon-paths';
import { below, type Point, usePress } from '../components/use-press';
import { isLater, isPlace } from '../live/place';
import type { Opened } from '../live/thread';
import { inDays } from './blocks';
import { settingOf } from './bubble-setting';
import { MessageMenu } from './message-menu';

interface BubbleProps {
  group: string;
  message: Message;
  mine: boolean;
  /** The first and the last message of a block. */
  first: boolean;
  last: boolean;
  /** The other person has read it. */
  seen: boolean;
  /** It has just come. */
  fresh: boolean;
  /** Links in its text cannot be pressed. */
  plain: boolean;
}

/** One tick: the server has it. Two: the other person has seen it. */
function Tick({ seen }: { seen: boolean }) {
  return (
    <span className="tick" data-seen={seen || undefined}>
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={seen ? 'm2.5 13 4.5 4.5 9-10m-4.5 10 10-10' : 'm6 13 4.5 4.5 9-10'} />
      </svg>
      <span className="unseen">{seen ? t`Seen` : t`Sent`}</span>
    </span>
  );
}

const Bubble = memo(function Bubble(props: BubbleProps) {
  const { group, message, mine, first, last, seen, fresh, plain } = props;
  useTimeZone();
  const [menu, setMenu] = useState<Point>();
  const { uuid, created_at, message: text } = message;
  const press = usePress((at) => {
    if (text !== null) setMenu(at);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, currentTarget } = event;
    const bubble = currentTarget.querySelector('.bubble');
    if (key !== 'Enter' || target !== currentTarget || text === null || !bubble) return;
    event.preventDefault(); // else the same key presses the first button of the menu
    setMenu(below(bubble));
  };
  const clock = clockTime(created_at);
  return (
    <li
      className={mine ? 'message mine' : 'message'}
      data-at={created_at}
      data-first={first || undefined}
      data-last={last || undefined}
      data-fresh={fresh || undefined}
      tabIndex={-1}
      aria-labelledby={`from-${uuid} text-${uuid} foot-${uuid}`}
      onKeyDown={onKeyDown}
    >
      <span className="unseen" id={`from-${uuid}`}>
        {mine ? t`You:` : `${message.display_name}:`}
      </span>
      <div className="message-line">
        <div
          className={text === null ? 'bubble gone' : 'bubble'}
          title={fullTime(created_at)}
          {...settingOf(text, clock)}
          {...press}
        >
          <div className="message-text" id={`text-${uuid}`}>
            {text === null ? (
              <p>{t`Message deleted`}</p>
            ) : plain ? (
              <p dir="auto">{text}</p>
            ) : (
              <FoldedText text={text} tabIndex={-1} />
            )}
          </div>
          <span className="message-foot" id={`foot-${uuid}`}>
            <time dateTime={created_at}>{clock}</time>
            {mine && text !== null && <Tick seen={seen} />}
          </span>
        </div>
        {text !== null && (
          <button
            type="button"
            className="icon-button message-more"
            aria-label={t`More`}
            aria-haspopup="dialog"
            tabIndex={-1}
            onClick={({ currentTarget }) => setMenu(below(currentTarget))}
          >
            <Icon path={MORE} />
          </button>
        )}
      </div>
      {menu && (
        <MessageMenu
          group={group}
          message={message}
          mine={mine}
          at={menu}
          onClose={() => setMenu(undefined)}
        />
      )}
    </li>
  );
});

const DayLabel = ({ at }: { at: string }) => useClock((now) => dayLabel(at, now));

function UnreadLine({ count }: { count: number }) {
  return (
    <li className="unread-line">
      <span>{plural(count, { one: '# new message', other: '# new messages' })}</span>
    </li>
  );
}

interface MessageDaysProps {
  group: string;
  messages: Message[];
  /** The caller's handle. */
  mine: string;
  /** The newest message that the other person has read, if it is known. */
  seen: string | undefined;
  opened: Opened;
  /** Messages with which a part begins in any case. */
  starts: string[];
  /** The caller's next messages, which are not sent yet, belong to the last block. */
  goesOn: boolean;
  /** Links in the messages cannot be pressed. */
  plain: boolean;
}

/** Which messages come up to the one that was read last. */
function seenUpTo(messages: Message[], seen: string | undefined): (message: Message) => boolean {
  const mark = messages.find(({ uuid }) => uuid === seen);
  if (mark) return ({ created_at }) => created_at <= mark.created_at;
  // It is not among these: its own time tells.
  return ({ uuid }) => isPlace(seen) && isPlace(uuid) && !isLater(uuid, seen);
}

export const MessageDays = memo(function MessageDays({
  group,
  messages,
  mine,
  seen,
  opened: { unread, newestAt },
  starts,
  goesOn,
  plain,
}: MessageDaysProps) {
  useTimeZone();
  const id = useId();
  const isSeen = seenUpTo(messages, seen);
  const newest = messages.at(-1);
  const fresh =
    newest && newest.handle !== mine && newest.created_at > newestAt ? newest : undefined;
  return inDays(messages, { starts, begin: unread?.first, goesOn }).map((parts) => {
    const at = parts[0]?.[0]?.message.created_at ?? '';
    const key = new Date(at).toDateString();
    const heading = `${id}${key.replaceAll(' ', '-')}`;
    return (
      <section key={key} aria-labelledby={heading}>
        <h2 className="day" id={heading}>
          <span>
            <DayLabel at={at} />
          </span>
        </h2>
        {parts.map((lines) => (
          <Chunk key={lines[0]?.message.uuid}>
            <ol className="messages">
              {lines.map(({ message, first, last }) => (
                <Fragment key={message.uuid}>
                  {message.uuid === unread?.first && <UnreadLine count={unread.count} />}
                  <Bubble
                    group={group}
                    message={message}
                    mine={message.handle === mine}
                    first={first}
                    last={last}
                    seen={message.handle === mine && isSeen(message)}
                    fresh={message === fresh}
                    plain={plain}
                  />
                </Fragment>
              ))}
            </ol>
          </Chunk>
        ))}
      </section>
    );
  });
});

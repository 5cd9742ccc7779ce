/*
 * The position in a conversation: it opens at the first unread message, else at its end. At the end,
 * new messages scroll into view; elsewhere the visible messages stay where they are.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { follow } from '../live/events';
import { noteInView } from './thread';
import { type RovingFocus, useRovingFocus } from './use-roving-focus';

/** Closer to the end than this counts as at the end. */
const AT_END_PX = 60;
/** So much of a message has to be in view. */
const IN_VIEW_PX = 24;
/** The line above the first unread message begins so far below the upper edge. */
const ABOVE_UNREAD_PX = 56;

interface View {
  atEnd: boolean;
  /** created_at of the newest message that was in view while the page was visible. */
  seenUntil: string;
}

/** Index of the first row whose upper edge is at `y` or below it. */
function firstBelow(rows: HTMLCollectionOf<HTMLElement>, y: number): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rows[middle]?.getBoundingClientRect().top ?? 0) < y) from = middle + 1;
    else to = middle;
  }
  return from;
}

interface ScrollerState extends View {
  scroller: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  focus: RovingFocus;
  /** Go to the end, as soon as the newest message is in the list. */
  toEnd: () => void;
}

/**
 * `complete`: the newest message is in the list. `isCopy`: it is not known yet what is unread. Rows are
 * `.message`, with created_at as data-at.
 */
export function useScroller(group: string, complete: boolean, isCopy: boolean): ScrollerState {
  const scroller = useRef<HTMLDivElement>(null);
  const focus = useRovingFocus(scroller);
  const [view, setView] = useState<View>({ atEnd: true, seenUntil: '' });
  /** scrollTop of the place where the conversation was opened, until the person scrolls. */
  const openedAt = useRef<number | null>(0);
  const wantsEnd = useRef(false);
  const anchor = useRef<{ row: HTMLElement; top: number }>(undefined);
  // The scroller is a reversed column: scrollTop is 0 at the end and negative above it.
  const atEnd = useRef(true);

  const look = () => {
    const element = scroller.current;
    if (!element) return;
    const { top, bottom } = element.getBoundingClientRect();
    const rows = element.getElementsByClassName('message') as HTMLCollectionOf<HTMLElement>;
    const first = rows[Math.min(firstBelow(rows, top), rows.length - 1)];
    anchor.current = first && { row: first, top: first.getBoundingClientRect().top };
    if (first?.dataset.at) noteInView(group, first.dataset.at);
    atEnd.current = element.scrollTop > -AT_END_PX && complete;
    let index = firstBelow(rows, bottom - IN_VIEW_PX) - 1;
    while (index >= 0 && !rows[index]?.dataset.at) index--; // a message that is not sent yet
    focus.offer(rows[index]);
    const isSeen = !document.hidden && !isCopy;
    follow(group, atEnd.current && isSeen);
    const newest = isSeen ? (rows[index]?.dataset.at ?? '') : '';
    setView((before) => {
      const seenUntil = newest > before.seenUntil ? newest : before.seenUntil;
      const same = before.atEnd === atEnd.current && before.seenUntil === seenUntil;
      return same ? before : { atEnd: atEnd.current, seenUntil };
    });
  };
  const goToUnread = () => {
    const element = scroller.current;
    const line = element?.querySelector('.unread-line');
    if (!element || !line || openedAt.current === null) return;
    const distance = line.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += distance - ABOVE_UNREAD_PX;
    openedAt.current = element.scrollTop;
  };
  const latest = useRef({ look, goToUnread, isCopy });

  useLayoutEffect(() => {
    latest.current = { look, goToUnread, isCopy };
    const element = scroller.current;
    if (!element) return;
    if (wantsEnd.current && complete) {
      wantsEnd.current = false;
      element.scrollTop = 0;
    } else if (openedAt.current !== null) goToUnread();
    else if (anchor.current?.row.isConnected && (!atEnd.current || document.hidden)) {
      // The browser keeps the distance from the end. Keep the distance from the top instead.
      const { row, top } = anchor.current;
      element.scrollTop += row.getBoundingClientRect().top - top;
    }
    look();
  });

  useEffect(() => {
    const inside = scroller.current?.firstElementChild;
    if (!inside) return;
    const observer = new ResizeObserver(() => {
      latest.current.goToUnread();
      latest.current.look();
      // All of it is in view: follow what is new.
      if (atEnd.current && !latest.current.isCopy) openedAt.current = null;
    });
    observer.observe(inside);
    const onVisible = () => latest.current.look();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', onVisible);
      follow(group, false);
    };
  }, [group]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    if (openedAt.current !== null && Math.abs(element.scrollTop - openedAt.current) > 2)
      openedAt.current = null;
    look();
  };
  const toEnd = () => {
    openedAt.current = null;
    if (complete) scroller.current?.scrollTo({ top: 0 });
    else wantsEnd.current = true;
  };
  return { ...view, scroller, onScroll, focus, toEnd };
}

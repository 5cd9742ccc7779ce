import { useLayoutEffect, useRef, useState } from 'react';

/** Closer to the end than this counts as at the end. */
const AT_END_PX = 60;

/** At the end, new messages scroll into view; elsewhere the visible messages stay where they are. */
export function useScrollPosition(lastUuid: string | undefined, pendingCount: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const before = useRef({ height: 0, last: lastUuid, pending: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const { height, last, pending } = before.current;
    const growth = element.scrollHeight - height;
    const newBelow = last !== lastUuid || pending !== pendingCount;
    // The browser keeps the distance from the end. Keep the distance from the top instead.
    if (newBelow && !atEnd && height > 0) element.scrollTop -= growth;
    before.current = { height: element.scrollHeight, last: lastUuid, pending: pendingCount };
  });
  const toEnd = () => scroller.current?.scrollTo({ top: 0 });
  const onScroll = () => {
    const element = scroller.current;
    // The scroller is a reversed column: scrollTop is 0 at the end and negative above it.
    if (element) setAtEnd(element.scrollTop > -AT_END_PX);
  };
  return { scroller, atEnd, toEnd, onScroll };
}

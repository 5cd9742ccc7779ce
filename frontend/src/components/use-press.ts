/* The ways to open the menu of a thing: a right click, the menu key, or a long press of a finger. */
import { type MouseEvent, type TouchEvent, useRef } from 'react';

const LONG_MS = 450;
/** A finger that moves so far scrolls. */
const MOVED_PX = 10;

export interface Point {
  x: number;
  y: number;
}

/** Where a menu that is opened by the keyboard or a button stands. */
export function below(element: Element): Point {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}

/** Links and fields have a menu of the browser, and so has a text that is selected. */
function hasOwnMenu(target: EventTarget): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('p a, input, textarea, dialog')) return true;
  const selection = window.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(target, true);
}

interface Press {
  timer: ReturnType<typeof setTimeout>;
  at: Point;
  opened: boolean;
}

export function usePress(open: (at: Point) => void) {
  const press = useRef<Press>(undefined);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  };
  return {
    onContextMenu: (event: MouseEvent) => {
      if (hasOwnMenu(event.target)) return;
      event.preventDefault();
      // Android says so of a long press, too.
      if (!press.current?.opened) open({ x: event.clientX, y: event.clientY });
      if (press.current) press.current.opened = true;
    },
    onTouchStart: ({ target, touches }: TouchEvent) => {
      end();
      const finger = touches[0];
      if (!finger || touches.length > 1 || hasOwnMenu(target)) return;
      const at = { x: finger.clientX, y: finger.clientY };
      const timer = setTimeout(() => {
        if (!press.current || press.current.opened) return;
        press.current.opened = true;
        open(at);
      }, LONG_MS);
      press.current = { timer, at, opened: false };
    },
    onTouchMove: ({ touches }: TouchEvent) => {
      const finger = touches[0];
      if (!finger || !press.current) return;
      const { x, y } = press.current.at;
      if (Math.hypot(finger.clientX - x, finger.clientY - y) > MOVED_PX) end();
    },
    // The finger that has opened the menu chooses nothing when it is lifted.
    onTouchEnd: (event: TouchEvent) => {
      if (press.current?.opened) event.preventDefault();
      end();
    },
    onTouchCancel: end,
  };
}

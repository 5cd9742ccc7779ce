/*
 * A menu at its button; on a phone, a sheet at the lower edge. The browser's popover lies above all else,
 * and closes by Escape and by a press beside it.
 */
import '../styles/popover.css';

import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffectEvent,
  useLayoutEffect,
  useRef,
} from 'react';

import { Icon, type IconProps } from './icons';

/** Between the menu and its button, and the edges of the screen. */
const GAP = 4;
const MARGIN = 8;
const AT_BUTTON = matchMedia('(min-width: 760px)');

/** Below the button, above it where there is more room; both end at the same side. */
function place(menu: HTMLElement, button: HTMLElement) {
  const { style } = menu;
  if (!AT_BUTTON.matches) {
    style.removeProperty('top');
    style.removeProperty('left');
    return;
  }
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const { clientWidth, clientHeight } = document.documentElement;
  const within = (start: number, size: number, room: number) =>
    `${Math.max(MARGIN, Math.min(start, room - size - MARGIN))}px`;
  const below = at.bottom + GAP;
  const fits = below + height + MARGIN <= clientHeight || at.top < clientHeight - at.bottom;
  const fromRight = getComputedStyle(button).direction === 'rtl' ? at.left : at.right - width;
  style.top = within(fits ? below : at.top - height - GAP, height, clientHeight);
  style.left = within(fromRight, width, clientWidth);
}

const entriesOf = (menu: HTMLElement) => [
  ...menu.querySelectorAll<HTMLElement>('a, button:not(:disabled), input:checked'),
];

/** The arrow keys go from entry to entry; those at the sides choose a radio button. */
function onKeyDown(event: KeyboardEvent<HTMLElement>) {
  const entries = entriesOf(event.currentTarget);
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? -1 : at - 1,
    Home: 0,
    End: -1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  entries.at(to === entries.length ? 0 : to)?.focus();
}

interface MenuProps {
  /** The button that opens it, to which the focus returns. */
  button: RefObject<HTMLElement | null>;
  label: string;
  /** It has more than entries. */
  dialog?: boolean;
  /** It has closed. */
  onClose: () => void;
  children: ReactNode;
}

/** Open while it is rendered. Its entries are links and buttons, so they are named as such. */
export function Menu({ button, label, dialog = false, onClose, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const onToggle = useEffectEvent((event: Event) => {
    if ((event as ToggleEvent).newState === 'closed') onClose();
  });
  useLayoutEffect(() => {
    const [box, opener] = [menu.current, button.current];
    if (!box || !opener) return;
    opener.focus({ preventScroll: true }); // Safari does not focus what is pressed
    box.showPopover();
    place(box, opener);
    entriesOf(box)[0]?.focus({ preventScroll: true });
    const follow = () => place(box, opener);
    const closed = (event: Event) => onToggle(event);
    box.addEventListener('toggle', closed);
    window.addEventListener('scroll', follow, { passive: true });
    window.addEventListener('resize', follow);
    return () => {
      box.removeEventListener('toggle', closed);
      window.removeEventListener('scroll', follow);
      window.removeEventListener('resize', follow);
    };
  }, [button]);
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- it has one of two roles
    <div
      ref={menu}
      popover="auto"
      className="popover"
      role={dialog ? 'dialog' : 'group'}
      aria-label={label}
      onKeyDown={onKeyDown}
      onBlur={({ currentTarget, relatedTarget }) => {
        // The Tab key has left it.
        if (relatedTarget && !currentTarget.contains(relatedTarget)) currentTarget.hidePopover();
      }}
    >
      {children}
    </div>
  );
}

/** Closes the menu that has this, so that the focus is at its button again. */
export const closeMenu = (entry: Element) =>
  entry.closest<HTMLElement>('[popover]')?.hidePopover();

interface EntryProps {
  icon: IconProps;
  danger?: boolean;
  disabled?: boolean;
  className?: string;
  onChoose: () => void;
  children: ReactNode;
}

export function MenuButton({
  icon,
  danger = false,
  disabled = false,
  className = '',
  onChoose,
  children,
}: EntryProps) {
  return (
    <button
      type="button"
      className={`menu-entry ${className}`}
      data-danger={danger || undefined}
      disabled={disabled}
      onClick={({ currentTarget }) => {
        closeMenu(currentTarget);
        onChoose();
      }}
    >
      <Icon {...icon} />
      {children}
    </button>
  );
}

/*
 * The whole card of a crud opens its page: its empty parts and its text, beside the links and buttons in
 * it. The keyboard and screen readers have the link with its time. One listener for all cards.
 */
import { useEffect } from 'react';
import { useNavigate } from '../base/router';

const MIDDLE = 1;

const inControl = (target: Element) =>
  target.closest('a, button, input, textarea, select, label, dialog, [popover]') !== null;

/** The page that the press opens; undefined if it is for something else, such as selecting text. */
function pathAt({ target, defaultPrevented }: MouseEvent): string | undefined {
  if (defaultPrevented || !(target instanceof Element) || inControl(target)) return undefined;
  const path = target.closest<HTMLElement>('[data-path]')?.dataset.path;
  return window.getSelection()?.isCollapsed === false ? undefined : path;
}

const inNewTab = (path: string) => window.open(path, '_blank', 'noopener');

export function useCardClicks() {
  const navigate = useNavigate();
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const path = pathAt(event);
      if (!path) return;
      if (event.ctrlKey || event.metaKey) inNewTab(path);
      else if (!event.shiftKey && !event.altKey) void navigate(path);
    };
    const onAuxClick = (event: MouseEvent) => {
      const path = event.button === MIDDLE ? pathAt(event) : undefined;
      if (path) inNewTab(path);
    };
    // The middle button would begin to scroll the page.
    const onMouseDown = (event: MouseEvent) => {
      if (event.button === MIDDLE && pathAt(event)) event.preventDefault();
    };
    document.addEventListener('click', onClick);
    document.addEventListener('auxclick', onAuxClick);
    document.addEventListener('mousedown', onMouseDown);
    return () => {
      document.removeEventListener('click', onClick);
      document.removeEventListener('auxclick', onAuxClick);
      document.removeEventListener('mousedown', onMouseDown);
    };
  }, [navigate]);
}

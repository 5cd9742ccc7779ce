import { useEffect, useRef, useState } from 'react';
import { useLocation } from '../base/router';

/** A page may take this long until it has its title. */
const SETTLE_MS = 300;

/**
 * After a change of the page the focus goes to its start, unless the page has put it somewhere, and
 * screen readers say its title. Without this both would stay on the link that led here.
 */
export function RouteFocus() {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  const [title, setTitle] = useState('');
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const main = document.getElementById('main');
    const focused = document.activeElement;
    // A menu may have been opened while the page was on its way.
    if (!main?.contains(focused) && !focused?.closest(':popover-open, dialog[open]'))
      main?.focus({ preventScroll: true });
    const timer = setTimeout(() => setTitle(document.title), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [pathname]);
  return (
    <p className="unseen" role="status">
      {title}
    </p>
  );
}

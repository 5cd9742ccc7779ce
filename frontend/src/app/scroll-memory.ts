/* A new page starts at its top. Going back or forward restores the scroll position. */
import { useEffect, useLayoutEffect } from 'react';
import { useLocation, useNavigationType, usePreventScrollReset } from '../base/router';

const positions = new Map<string, number>();
/** How long a page may take to grow to its former height. */
const SETTLE_MS = 2_000;

export function useScrollMemory() {
  const { key, hash } = useLocation();
  const navigation = useNavigationType();
  const stays = usePreventScrollReset();

  useEffect(() => {
    window.history.scrollRestoration = 'manual';
  }, []);

  useLayoutEffect(() => {
    const remember = () => positions.set(key, window.scrollY);
    const position = navigation === 'POP' ? (positions.get(key) ?? 0) : 0;
    if (navigation === 'POP' || !(hash || stays)) window.scrollTo(0, position);
    window.addEventListener('scroll', remember, { passive: true });
    // Content that is still loading grows the page; scroll again until it is high enough.
    const growth = new ResizeObserver(() => {
      if (window.scrollY < position) window.scrollTo(0, position);
    });
    if (position > 0) growth.observe(document.body);
    const timeout = setTimeout(() => growth.disconnect(), SETTLE_MS);
    // The person scrolls: leave the position to them.
    const stop = () => growth.disconnect();
    window.addEventListener('wheel', stop, { passive: true, once: true });
    window.addEventListener('touchmove', stop, { passive: true, once: true });
    window.addEventListener('keydown', stop, { once: true });
    return () => {
      window.removeEventListener('scroll', remember);
      window.removeEventListener('wheel', stop);
      window.removeEventListener('touchmove', stop);
      window.removeEventListener('keydown', stop);
      clearTimeout(timeout);
      growth.disconnect();
    };
  }, [key, hash, navigation, stays]);
}

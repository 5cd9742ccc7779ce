/* A new page begins at its top; going back finds the place where one was. */
import { useEffect, useLayoutEffect } from 'react';
import { useLocation, useNavigationType } from 'react-router';

const places = new Map<string, number>();
const SETTLE_MS = 2_000;

export function useScrollMemory() {
  const { key, hash } = useLocation();
  const how = useNavigationType();

  useEffect(() => {
    window.history.scrollRestoration = 'manual';
  }, []);

  useLayoutEffect(() => {
    const remember = () => places.set(key, window.scrollY);
    const place = how === 'POP' ? (places.get(key) ?? 0) : 0;
    if (how !== 'POP' && hash) return;
    window.scrollTo(0, place);
    window.addEventListener('scroll', remember, { passive: true });
    // The page may still be growing to its old height.
    const growth = new ResizeObserver(() => {
      if (window.scrollY < place) window.scrollTo(0, place);
    });
    if (place > 0) growth.observe(document.body);
    const settled = setTimeout(() => growth.disconnect(), SETTLE_MS);
    const taken = () => growth.disconnect();
    window.addEventListener('wheel', taken, { passive: true, once: true });
    window.addEventListener('touchmove', taken, { passive: true, once: true });
    window.addEventListener('keydown', taken, { once: true });
    return () => {
      window.removeEventListener('scroll', remember);
      window.removeEventListener('wheel', taken);
      window.removeEventListener('touchmove', taken);
      window.removeEventListener('keydown', taken);
      clearTimeout(settled);
      growth.disconnect();
    };
  }, [key, hash, how]);
}

import { useSyncExternalStore } from 'react';

/** There is room for a column beside the page; layout.css has the same width. */
const WIDE = matchMedia('(min-width: 1000px)');

function subscribe(listener: () => void) {
  WIDE.addEventListener('change', listener);
  return () => WIDE.removeEventListener('change', listener);
}

export const useIsWide = () => useSyncExternalStore(subscribe, () => WIDE.matches);

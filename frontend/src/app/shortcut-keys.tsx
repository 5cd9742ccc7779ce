/* Loads the keyboard shortcuts when the first of their keys is pressed. */
import { useEffect, useState } from 'react';

import { part } from '../components/later';

const Shortcuts = part(() => import('./shortcuts'));

export function ShortcutKeys() {
  const [first, setFirst] = useState<KeyboardEvent>();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (/^[?/.gn]$/.test(event.key)) setFirst((before) => before ?? event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    first && <Shortcuts first={first} />
  );
}

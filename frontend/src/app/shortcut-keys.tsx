/* Loads the keyboard shortcuts when the first of their keys is pressed. */
import { Suspense, useEffect, useState } from 'react';

import { optional } from '../components/optional';

const Shortcuts = optional(() => import('./shortcuts'));

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
    first && (
      <Suspense fallback={null}>
        <Shortcuts first={first} />
      </Suspense>
    )
  );
}

/* The service worker is registered when the page has what it needs itself. */
import { Suspense, useEffect, useState } from 'react';

import { optional } from '../components/optional';

const Updates = optional(() => import('./updates'));

const LATER_MS = 5_000;

export function UpdatesLater() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    late && (
      <Suspense fallback={null}>
        <Updates />
      </Suspense>
    )
  );
}

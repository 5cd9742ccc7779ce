/* The service worker is registered when the page has what it needs itself. */
import { useEffect, useState } from 'react';

import { part } from '../components/later';

const Updates = part(() => import('./updates'));

const LATER_MS = 5_000;

export function UpdatesLater() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  return late && <Updates />;
}

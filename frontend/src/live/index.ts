/* Live: what the server tells without being asked. */
import { useEffect, useSyncExternalStore } from 'react';

import { keepCopies } from './copies';
import { type Connection, connect, onConnection, readConnection } from './connection';
import { keepFresh } from './refresh';
import './events';

/** Keep the page of this account live; null: of nobody. */
export function useLive(account: string | null) {
  useEffect(() => {
    if (account === null) return;
    const ends = [keepFresh(), keepCopies(account), connect(account)];
    return () => {
      for (const end of ends) end();
    };
  }, [account]);
}

export const useConnection = (): Connection =>
  useSyncExternalStore(onConnection, readConnection);

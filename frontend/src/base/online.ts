import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void) {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Whether the device has a network. False is certain; true does not promise that a server answers. */
export const useOnline = () => useSyncExternalStore(subscribe, () => navigator.onLine);

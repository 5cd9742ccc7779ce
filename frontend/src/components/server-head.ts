import { useEffect } from 'react';

/**
 * The server has written the canonical address of the first page into its head. Browsers share it in
 * place of the address that they show, so it leaves with that page.
 */
export function useServerHead() {
  useEffect(() => () => document.querySelector('link[rel=canonical]')?.remove(), []);
}

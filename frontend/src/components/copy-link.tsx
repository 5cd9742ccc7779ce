/* The address of a path of this site, in the clipboard. */
import '../styles/share.css';

import { t } from '@lingui/core/macro';
import { useEffect, useRef } from 'react';

import { Dialog } from './dialog';
import { toast } from './toast';

export const addressOf = (path: string) => new URL(path, window.location.origin).href;

/** Whether the address is in the clipboard, which needs https and a permission; see CopyDialog. */
export async function copyAddress(path: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(addressOf(path));
    toast(t`Link copied`);
    return true;
  } catch {
    return false;
  }
}

/** The address in a field, selected, to be copied by hand. */
export function CopyDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <Dialog title={t`Copy this link`} onClose={onClose}>
      <input
        ref={field}
        className="share-address"
        aria-label={t`Link`}
        readOnly
        dir="ltr"
        value={addressOf(path)}
        onFocus={(event) => event.target.select()}
      />
    </Dialog>
  );
}

/* Opens the ways to share something; their code is loaded then. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { SHARE } from './icon-paths';
import { Icon } from './icons';
import { dialog } from './later';
import type { Shared } from './share';

export const ShareDialog = dialog(() => import('./share'));

export function ShareButton({ shared, className }: { shared: Shared; className: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={t`Share`}
        aria-haspopup="dialog"
        title={t`Share`}
        onClick={() => setOpen(true)}
      >
        <Icon path={SHARE} />
      </button>
      {open && <ShareDialog shared={shared} onClose={() => setOpen(false)} />}
    </>
  );
}

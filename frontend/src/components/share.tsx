/* Ways to pass on the address of a crud or a profile, behind one button. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { useSession } from '../session/session';
import { addressOf, copyAddress, CopyDialog } from './copy-link';
import { Dialog } from './dialog';
import { SHARE } from './icon-paths';
import { Icon } from './icons';
import { dialog } from './later';

export interface Shared {
  /** Path of the page. */
  path: string;
  /** Its name, for people. */
  title: string;
}

const SendDialog = dialog(() => import('./member/share-send'));

/** Whether the device has its own way to pass something on. */
const canShare = () => 'share' in navigator;

/** Shows the ways to share, or one of them. */
export default function ShareDialog({ shared, onClose }: { shared: Shared; onClose: () => void }) {
  const { account } = useSession();
  const [shown, setShown] = useState<'ways' | 'copy' | 'send'>('ways');
  const copy = async () => {
    if (await copyAddress(shared.path)) onClose();
    else setShown('copy');
  };
  const pass = async () => {
    try {
      await navigator.share({ title: shared.title, url: addressOf(shared.path) });
      onClose();
    } catch (error) {
      // The person has changed their mind.
      if (error instanceof DOMException && error.name === 'AbortError') onClose();
      else setShown('copy');
    }
  };
  if (shown === 'copy') return <CopyDialog path={shared.path} onClose={onClose} />;
  if (shown === 'send')
    return (
      <SendDialog text={addressOf(shared.path)} onClose={onClose} />
    );
  return (
    <Dialog title={t`Share`} className="menu" onClose={onClose}>
      <button type="button" className="nav-item" onClick={() => void copy()}>
        <Icon name="link" />
        <span className="nav-label">{t`Copy link`}</span>
      </button>
      {canShare() && (
        <button type="button" className="nav-item" onClick={() => void pass()}>
          <Icon path={SHARE} />
          <span className="nav-label">{t`Share…`}</span>
        </button>
      )}
      {account !== null && (
        <button type="button" className="nav-item" onClick={() => setShown('send')}>
          <Icon name="mail" />
          <span className="nav-label">{t`Send as message`}</span>
        </button>
      )}
    </Dialog>
  );
}

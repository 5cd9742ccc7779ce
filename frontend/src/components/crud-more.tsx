/* The button of the rarely used actions on a crud; its menu is loaded when it is needed. */
import { t } from '@lingui/core/macro';
import { useRef } from 'react';

import { useSession } from '../session/session';
import type { CrudMenuProps } from './crud-menu-props';
import { Icon, MORE } from './icons';
import { useMenuButton } from './menu-button';

const forVisitors = () => import('./crud-menu');
const forMembers = () => import('./crud-options');

export function CrudMore({ crud, onDeleted }: Pick<CrudMenuProps, 'crud' | 'onDeleted'>) {
  const { account } = useSession();
  const button = useRef<HTMLButtonElement>(null);
  const { Menu, open, close, attributes } = useMenuButton(
    account === null ? forVisitors : forMembers,
  );
  return (
    <>
      <button
        ref={button}
        type="button"
        className="action"
        aria-label={t`More`}
        title={t`More`}
        {...attributes}
      >
        <Icon path={MORE} />
      </button>
      {Menu && (
        <Menu crud={crud} button={button} open={open} onClose={close} onDeleted={onDeleted} />
      )}
    </>
  );
}

/* The menu of a crud for a visitor. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { pathOf } from '../api/cruds';
import { copyAddress, CopyDialog } from './copy-link';
import type { CrudMenuProps } from './crud-menu-props';
import { Menu, MenuButton } from './menu';

export default function CrudMenu({ crud, button, open, onClose }: CrudMenuProps) {
  const [byHand, setByHand] = useState(false);
  const path = pathOf(crud);
  const copy = async () => setByHand(!(await copyAddress(path)));
  return (
    <>
      {open && (
        <Menu button={button} label={t`More`} onClose={onClose}>
          <MenuButton icon={{ name: 'link' }} onChoose={() => void copy()}>
            {t`Copy link`}
          </MenuButton>
        </Menu>
      )}
      {byHand && <CopyDialog path={path} onClose={() => setByHand(false)} />}
    </>
  );
}

/* The account in the navigation; the menu behind it is loaded when it is opened. */
import { t } from '@lingui/core/macro';
import { useRef } from 'react';

import { useMe } from '../../api/people';
import { Avatar } from '../avatar';
import { Icon, MORE } from '../icons';
import { useMenuButton } from '../menu-button';
import { Handle, Name } from '../person';
import { useUnreadSigns } from './unread-signs';

const load = () => import('../account-panel');

export function AccountMenu() {
  const { data: me } = useMe();
  useUnreadSigns((me?.unread_messages ?? 0) + (me?.unread_notifications ?? 0));
  const button = useRef<HTMLButtonElement>(null);
  const { Menu, open, close, attributes } = useMenuButton(load);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="nav-item account"
        aria-haspopup="dialog"
        {...attributes}
      >
        {me ? <Avatar handle={me.handle} name={me.display_name} /> : <Icon name="person" />}
        <span className="nav-label account-word">{t`Account`}</span>
        {me && (
          <>
            <span className="account-who">
              <b>
                <Name>{me.display_name}</Name>
              </b>
              <Handle>{me.handle}</Handle>
            </span>
            <Icon path={MORE} />
          </>
        )}
      </button>
      {Menu && <Menu button={button} open={open} onClose={close} />}
    </>
  );
}

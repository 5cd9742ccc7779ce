/* A conversation in a list. */
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';

import type { MessageGroup } from '../api/types';
import { isolated } from '../base/characters';
import { NavLink, useMatch, useNavigate } from '../base/router';
import { Avatar } from '../components/avatar';
import { Icon } from '../components/icons';
import { MORE } from '../components/icon-paths';
import { Handle, Name } from '../components/person';
import { RelativeTime } from '../components/relative-time';
import { below, type Point, usePress } from '../components/use-press';
import { ConversationMenu } from './conversation-menu';
import { useLastIsMine } from './use-last-sender';

export function ConversationRow({ group }: { group: MessageGroup }) {
  const { uuid, handle, display_name, deleted, message, created_at, unread_count: unread } = group;
  const [menu, setMenu] = useState<Point>();
  const press = usePress(setMenu);
  const isOpen = useMatch(`/messages/${uuid}`) !== null;
  const navigate = useNavigate();
  const mine = useLastIsMine(group);
  const name = isolated(display_name);
  const count = unread > 99 ? '99+' : unread;
  return (
    <li className="conversation-row" {...press}>
      <NavLink className="conversation" to={`/messages/${uuid}`} data-unread={unread > 0 || undefined}>
        <Avatar handle={handle} name={display_name} />
        <span className="conversation-words">
          <span className="conversation-head">
            <span className="who">
              <b>
                <Name>{display_name}</Name>
              </b>{' '}
              {!deleted && <Handle>{handle}</Handle>}
            </span>
            <span className="quiet">
              <RelativeTime at={created_at} />
            </span>
          </span>
          <span className="conversation-last">
            {mine && <span className="quiet">{t`You:`} </span>}
            <span className="preview" dir="auto">
              {message ?? <i>{t`Message deleted`}</i>}
            </span>
            {unread > 0 && (
              <span className="badge">
                <Trans>
                  {count}
                  <span className="unseen"> unread</span>
                </Trans>
              </span>
            )}
          </span>
        </span>
      </NavLink>
      <button
        type="button"
        className="icon-button conversation-more"
        aria-label={t`Options for ${name}`}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setMenu(below(currentTarget))}
      >
        <Icon path={MORE} />
      </button>
      {menu && (
        <ConversationMenu
          group={uuid}
          at={menu}
          onHidden={() => {
            if (isOpen) void navigate('/messages');
          }}
          onClose={() => setMenu(undefined)}
        />
      )}
    </li>
  );
}

/* The menu of a conversation, behind a button at its head and in its row of the list. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { useNavigate } from '../base/router';
import { Icon } from '../components/icons';
import { FLAG, HIDE, MORE } from '../components/icon-paths';
import { dialog } from '../components/later';
import { PressMenu } from '../components/press-menu';
import { below, type Point } from '../components/use-press';
import { tryToHide } from './request-bar';

const ReportMenu = dialog(() => import('../components/report'));

interface ConversationMenuProps {
  group: string;
  at: Point;
  /** It is gone from the list. */
  onHidden: () => void;
  onClose: () => void;
}

export function ConversationMenu({ group, at, onHidden, onClose }: ConversationMenuProps) {
  const [reporting, setReporting] = useState(false);
  const report = t({ message: 'Report', context: 'verb' });
  const hide = async () => {
    onClose();
    if (await tryToHide(group)) onHidden();
  };
  if (reporting)
    return (
      <ReportMenu
        title={report}
        subjects={[{ label: report, subject: { message_group_uuid: group } }]}
        direct
        onClose={onClose}
      />
    );
  return (
    <PressMenu
      label={t`Conversation`}
      at={at}
      choices={[
        { label: t`Hide conversation`, icon: { path: HIDE }, onChoose: () => void hide() },
        {
          label: t`Report the conversation`,
          icon: { path: FLAG },
          onChoose: () => setReporting(true),
        },
      ]}
      hint={t`A hidden conversation comes back with its next message.`}
      onClose={onClose}
    />
  );
}

/** The button at the head of an open conversation. */
export function ThreadMenu({ group }: { group: string }) {
  const [at, setAt] = useState<Point>();
  const navigate = useNavigate();
  return (
    <>
      <button
        type="button"
        className="icon-button thread-menu"
        aria-label={t`More`}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setAt(below(currentTarget))}
      >
        <Icon path={MORE} />
      </button>
      {at && (
        <ConversationMenu
          group={group}
          at={at}
          onHidden={() => void navigate('/messages')}
          onClose={() => setAt(undefined)}
        />
      )}
    </>
  );
}

/* The menu of a message. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { Problem } from '../api/problem';
import type { Message } from '../api/types';
import { Confirm } from '../components/dialog';
import { COPY, FLAG } from '../components/icon-paths';
import { dialog } from '../components/later';
import { type Choice, PressMenu } from '../components/press-menu';
import { problemText } from '../components/problem-text';
import { toast } from '../components/toast';
import type { Point } from '../components/use-press';
import { deleteMessage } from './thread';

const ReportMenu = dialog(() => import('../components/report'));

/** Browsers have a clipboard only on https and on the device itself. */
const canCopy = () => 'clipboard' in navigator;

async function copy(text: string) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t`Text copied`);
  } catch {
    toast(t`The browser doesn’t allow copying.`);
  }
}

interface DeletionProps {
  group: string;
  message: Message;
  onClose: () => void;
}

function Deletion({ group, message, onClose }: DeletionProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const remove = async () => {
    setBusy(true);
    try {
      await deleteMessage(group, message);
      onClose();
    } catch (reason) {
      setError(
        reason instanceof Problem ? problemText(reason) : t`Something went wrong. Try again.`,
      );
      setBusy(false);
    }
  };
  return (
    <Confirm
      title={t`Delete this message?`}
      text={t`This removes it for both of you. A placeholder will remain.`}
      action={t`Delete`}
      busy={busy}
      error={error}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  );
}

interface MessageMenuProps extends DeletionProps {
  mine: boolean;
  at: Point;
}

export function MessageMenu({ group, message, mine, at, onClose }: MessageMenuProps) {
  const [shown, setShown] = useState<'menu' | 'delete' | 'message' | 'conversation'>('menu');
  const conversation = { message_group_uuid: group };
  const report = t({ message: 'Report', context: 'verb' });
  const own: Choice[] = [
    {
      label: t`Delete message`,
      icon: { name: 'trash' },
      danger: true,
      onChoose: () => setShown('delete'),
    },
  ];
  const others: Choice[] = [
    {
      label: t`Report this message`,
      icon: { path: FLAG },
      onChoose: () => setShown('message'),
    },
    {
      label: t`Report the conversation`,
      icon: { path: FLAG },
      onChoose: () => setShown('conversation'),
    },
  ];
  const copying: Choice = {
    label: t`Copy text`,
    icon: { path: COPY },
    onChoose: () => {
      void copy(message.message ?? '');
      onClose();
    },
  };
  switch (shown) {
    case 'menu':
      return (
        <PressMenu
          label={t({ message: 'Message', context: 'noun' })}
          at={at}
          choices={[...(canCopy() ? [copying] : []), ...(mine ? own : others)]}
          onClose={onClose}
        />
      );
    case 'delete':
      return <Deletion group={group} message={message} onClose={onClose} />;
    default:
      return (
        <ReportMenu
          title={report}
          subjects={[
            {
              label: report,
              subject:
                shown === 'message'
                  ? { ...conversation, message_uuid: message.uuid }
                  : conversation,
            },
          ]}
          direct
          onClose={onClose}
        />
      );
  }
}

/* The buttons and notes of a conversation that waits to be accepted. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { useState } from 'react';

import { Problem } from '../api/problem';
import type { MessageGroup } from '../api/types';
import { useNavigate } from '../base/router';
import { Confirm } from '../components/dialog';
import { Name } from '../components/person';
import { problemText } from '../components/problem-text';
import { BLOCK_TEXT } from '../components/relation';
import { toast } from '../components/toast';
import { send } from '../outbox/entries';
import { acceptConversation, hideConversation, REQUESTS_PATH } from './requests';

/** Run a request of a button; the person is told when it fails. Returns whether it succeeded. */
async function tryTo(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(problemText(error));
    return false;
  }
}

export const tryToHide = (group: string) => tryTo(() => hideConversation(group));

/** A stranger has written to the caller. */
export function RequestBar({ group: { uuid, handle, display_name } }: { group: MessageGroup }) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const accept = async () => {
    setBusy(true);
    await tryTo(() => acceptConversation(uuid));
    setBusy(false);
  };
  const hide = async () => {
    setBusy(true);
    const hidden = await tryToHide(uuid);
    setBusy(false);
    if (hidden) void navigate(REQUESTS_PATH);
  };
  const block = () => {
    setAsking(false);
    send({ kind: 'block', handle, on: true });
    void hide();
  };
  const name = <Name>{display_name}</Name>;
  return (
    <section className="thread-note" aria-label={t`Request`}>
      <p>
        <Trans>{name} wants to write to you. They don’t see whether you have read this.</Trans>
      </p>
      <p className="thread-note-actions">
        <button type="button" className="button primary" disabled={busy} onClick={() => void accept()}>
          {t`Accept`}
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => void hide()}>
          {t`Hide`}
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => setAsking(true)}>
          {t`Block`}
        </button>
      </p>
      {asking && (
        <Confirm
          title={t`Block @${handle}?`}
          text={i18n._(BLOCK_TEXT)}
          action={t`Block`}
          keep={t`Cancel`}
          busy={false}
          onConfirm={block}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** The other person has not accepted the caller's messages. */
export function PendingNote({ group: { display_name, messages_left } }: { group: MessageGroup }) {
  const left = messages_left ?? 0;
  const name = <Name>{display_name}</Name>;
  return (
    <p className="thread-note" role="status">
      {left === 0 ? (
        <Trans>You can write more when {name} accepts the conversation.</Trans>
      ) : (
        <Trans>
          {name} hasn’t accepted the conversation yet.{' '}
          <Plural
            value={left}
            one="Until then you can send one more message."
            other="Until then you can send # more messages."
          />
        </Trans>
      )}
    </p>
  );
}

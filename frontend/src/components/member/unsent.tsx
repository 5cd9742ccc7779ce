/* Texts that are not delivered yet: what happens to them, and what the person can do. */
import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';

import { useOnline } from '../../base/online';
import { useNavigate } from '../../base/router';
import { discard, edit, isEditable, pathOf, retry } from '../../outbox/entries';
import { type Entry, isText, problemOf, type TextContent, UNSURE } from '../../outbox/entry';
import { FoldedText } from '../folded-text';
import { codeText, problemText } from '../problem-text';

/** Why a person cannot write to another one. */
const REFUSED: Record<string, MessageDescriptor> = {
  conversation_closed: msg`One of you blocks the other, so you can’t write to each other.`,
  messages_not_accepted: msg`This person doesn’t take first messages from you.`,
  request_pending: msg`You can write more when this person has accepted the conversation.`,
};
const NOBODY = msg`Nobody has this handle any more.`;

/** Error texts of the server that mean something else here. */
const NOT_FOUND = {
  message: msg`You’re not part of this conversation.`,
  crud: msg`It’s no longer there.`,
  reply: msg`The crud you replied to is gone.`,
  mark: msg`The crud is gone.`,
  follow: NOBODY,
  mute: NOBODY,
  block: NOBODY,
};

/** Why an entry has failed, and what can be done. */
function whyFailed({ content, reason }: Entry): string {
  if (!reason) return '';
  if (reason.codes.includes(UNSURE)) return t`It may have arrived. Look before you send it again.`;
  const refused = reason.codes.map((code) => REFUSED[code]).find(Boolean);
  if (refused) return i18n._(refused);
  if (reason.status === 404 && !codeText(reason.codes)) return i18n._(NOT_FOUND[content.kind]);
  return problemText(problemOf(reason));
}

/** The line below an unsent text. */
export function UnsentFoot({ entry, onEdit }: { entry: Entry; onEdit?: () => void }) {
  const online = useOnline();
  const navigate = useNavigate();
  const failed = entry.state === 'failed';
  const unreachable = online && entry.reason?.status === 0;
  const stuck = failed || !online || unreachable;
  const why = whyFailed(entry);
  const change = (text: Entry<TextContent>) => {
    edit(text);
    onEdit?.();
    void navigate(pathOf(text.content));
  };
  return (
    <p
      className={failed ? 'message-foot error' : 'message-foot'}
      role={failed ? 'alert' : undefined}
    >
      {failed
        ? t`Not sent. ${why}`
        : unreachable
          ? t`Cruddur can’t be reached. It’s sent as soon as it can be.`
          : online
            ? t`Sending…`
            : t`Waiting for a connection`}
      {stuck && (
        <>
          {' '}
          {(failed || unreachable) && (
            <>
              <button type="button" className="link" onClick={() => retry(entry)}>
                {t`Try again`}
              </button>{' '}
            </>
          )}
          {isText(entry) && isEditable(entry) && (
            <>
              <button type="button" className="link" onClick={() => change(entry)}>
                {t`Edit`}
              </button>{' '}
            </>
          )}
          <button type="button" className="link" onClick={() => discard(entry)}>
            {t`Discard`}
          </button>
        </>
      )}
    </p>
  );
}

/** Cruds or replies above the list that they will be part of. */
export function UnsentTexts({ entries }: { entries: Entry<TextContent>[] }) {
  if (entries.length === 0) return null;
  return (
    <ul className="unsent" aria-label={t`Not sent yet`}>
      {entries.map((entry) => (
        <li key={entry.key} data-state={entry.state}>
          <FoldedText className="crud-text" text={entry.content.text} />
          <UnsentFoot entry={entry} />
        </li>
      ))}
    </ul>
  );
}

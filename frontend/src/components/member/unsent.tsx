/* Texts that are not delivered yet: what happens to them, and what the person can do. */
import { useNavigate } from 'react-router';

import { useOnline } from '../../base/online';
import { discard, edit, isEditable, pathOf, retry } from '../../outbox/entries';
import { type Entry, isText, problemOf, type TextContent, UNSURE } from '../../outbox/entry';
import { FoldedText } from '../folded-text';
import { codeText, problemText } from '../problem-text';

const CLOSED = 'One of you blocks the other, so you can’t write to each other.';
const NOBODY = 'Nobody has this handle any more.';

/** Error texts of the server that mean something else here. */
const NOT_FOUND = {
  message: 'You’re not part of this conversation.',
  crud: 'It’s no longer there.',
  reply: 'The crud you replied to is gone.',
  mark: 'The crud is gone.',
  follow: NOBODY,
  mute: NOBODY,
  block: NOBODY,
};

/** Why an entry has failed, and what can be done. */
function whyFailed({ content, reason }: Entry): string {
  if (!reason) return '';
  if (reason.codes.includes(UNSURE)) return 'It may have arrived. Look before you send it again.';
  if (reason.codes.includes('conversation_closed')) return CLOSED;
  if (reason.status === 404 && !codeText(reason.codes)) return NOT_FOUND[content.kind];
  return problemText(problemOf(reason));
}

/** The line below an unsent text. */
export function UnsentFoot({ entry, onEdit }: { entry: Entry; onEdit?: () => void }) {
  const online = useOnline();
  const navigate = useNavigate();
  const failed = entry.state === 'failed';
  const unreachable = online && entry.reason?.status === 0;
  const stuck = failed || !online || unreachable;
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
        ? `Not sent. ${whyFailed(entry)}`
        : unreachable
          ? 'Cruddur can’t be reached. It’s sent as soon as it can be.'
          : online
            ? 'Sending…'
            : 'Waiting for a connection'}
      {stuck && (
        <>
          {' '}
          {(failed || unreachable) && (
            <>
              <button type="button" className="link" onClick={() => retry(entry)}>
                Try again
              </button>{' '}
            </>
          )}
          {isText(entry) && isEditable(entry) && (
            <>
              <button type="button" className="link" onClick={() => change(entry)}>
                Edit
              </button>{' '}
            </>
          )}
          <button type="button" className="link" onClick={() => discard(entry)}>
            Discard
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
    <ul className="unsent" aria-label="Not sent yet">
      {entries.map((entry) => (
        <li key={entry.key} data-state={entry.state}>
          <FoldedText className="crud-text" text={entry.content.text} />
          <UnsentFoot entry={entry} />
        </li>
      ))}
    </ul>
  );
}

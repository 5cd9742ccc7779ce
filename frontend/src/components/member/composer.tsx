/* The form for writing a crud or a reply. */
import { i18n } from '@lingui/core';
import { type KeyboardEvent, type ReactNode, type SubmitEvent, useRef } from 'react';

import { useMe } from '../../api/people';
import { cleanText, hasVisible } from '../../base/characters';
import { limits, NOTHING_VISIBLE, textLength } from '../../base/limits';
import { useDraft } from '../../session/drafts';
import { Avatar } from '../avatar';
import { Completion } from './completion';
import { CountRing } from './count-ring';

interface ComposerProps {
  /** Name of the draft. */
  name: string;
  label: string;
  placeholder: string;
  action: string;
  children?: ReactNode;
  /** Lines of the empty field. */
  rows?: number;
  /** Puts the text into the outbox. */
  onSend: (text: string) => void;
}

/** One's own face, in the same place before it is known. */
function Face() {
  const { data: me } = useMe();
  return me ? (
    <Avatar handle={me.handle} name={me.display_name} />
  ) : (
    <span className="avatar" aria-hidden="true" />
  );
}

export function Composer(props: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(props.name, field);
  const { text } = draft;
  const length = textLength(text);
  const blank = length > 0 && !hasVisible(text);
  const ready = length > 0 && length <= limits.crud && !blank;

  const send = () => {
    if (!ready) return;
    props.onSend(cleanText(text));
    setDraft({ ...draft, text: '' });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <form className="composer" onSubmit={submit}>
      <Face />
      <div className="composer-body">
        <textarea
          ref={field}
          aria-label={props.label}
          placeholder={props.placeholder}
          dir="auto"
          rows={props.rows ?? 1}
          value={text}
          onChange={(event) => setDraft({ ...draft, text: event.target.value })}
          onKeyDown={onKeyDown}
        />
        <Completion field={field} />
        {blank && (
          <p className="error" role="alert">
            {i18n._(NOTHING_VISIBLE)}
          </p>
        )}
        <footer>
          {props.children}
          <CountRing length={length} max={limits.crud} />
          <button type="submit" className="button primary" disabled={!ready}>
            {props.action}
          </button>
        </footer>
      </div>
    </form>
  );
}

/* The form for writing a crud or a reply. */
import { type KeyboardEvent, type ReactNode, type SubmitEvent, useRef } from 'react';

import { cleanText, hasVisible } from '../../base/characters';
import { limits, NOTHING_VISIBLE, textLength } from '../../base/limits';
import { useDraft } from '../../session/drafts';
import { CharactersLeft } from '../characters-left';

interface ComposerProps {
  /** Name of the draft. */
  name: string;
  label: string;
  placeholder: string;
  action: string;
  children?: ReactNode;
  /** Puts the text into the outbox. */
  onSend: (text: string) => void;
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
      <textarea
        ref={field}
        aria-label={props.label}
        placeholder={props.placeholder}
        dir="auto"
        rows={2}
        value={text}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        onKeyDown={onKeyDown}
      />
      {blank && (
        <p className="error" role="alert">
          {NOTHING_VISIBLE}
        </p>
      )}
      <footer>
        {props.children}
        <CharactersLeft length={length} max={limits.crud} />
        <button type="submit" className="button primary" disabled={!ready}>
          {props.action}
        </button>
      </footer>
    </form>
  );
}

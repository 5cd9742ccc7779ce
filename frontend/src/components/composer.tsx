/* The form for writing a crud or a reply. */
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';

import type { Submission } from '../api/cruds';
import type { Problem } from '../api/problem';
import { cleanText, hasVisible } from '../base/characters';
import { limits, NOTHING_VISIBLE, textLength } from '../base/limits';
import { randomUuid } from '../base/uuid';
import { useDraft } from '../session/drafts';
import { CharactersLeft } from './characters-left';
import { problemText } from './problem-text';

interface ComposerProps {
  /** Name of the stored draft. */
  name: string;
  label: string;
  placeholder: string;
  action: string;
  busy: boolean;
  problem: Problem | null;
  focus?: boolean;
  /** Time to live, sent with the text. */
  ttl?: string;
  children?: ReactNode;
  onSend: (submission: Submission, done: () => void) => void;
}

export function Composer(props: ComposerProps) {
  const [text, setText] = useDraft(props.name);
  // Sending the same contents again after a failure repeats the request, with the same key.
  const last = useRef({ contents: '', key: '' });
  const length = textLength(text);
  const blank = length > 0 && !hasVisible(text);
  const ready = length > 0 && length <= limits.crud && !blank && !props.busy;

  const send = () => {
    if (!ready) return;
    const message = cleanText(text);
    const contents = `${props.ttl ?? ''} ${message}`;
    if (last.current.contents !== contents) last.current = { contents, key: randomUuid() };
    props.onSend({ message, key: last.current.key }, () => {
      last.current = { contents: '', key: '' };
      setText('');
    });
  };
  const submit = (event: FormEvent) => {
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
        aria-label={props.label}
        placeholder={props.placeholder}
        dir="auto"
        rows={2}
        value={text}
        autoFocus={props.focus}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {blank && (
        <p className="error" role="alert">
          {NOTHING_VISIBLE}
        </p>
      )}
      {props.problem && (
        <p className="error" role="alert">
          Not sent. {problemText(props.problem)} Your text is still here.
        </p>
      )}
      <footer>
        {props.children}
        <CharactersLeft length={length} max={limits.crud} />
        <button type="submit" className="button primary" disabled={!ready}>
          {props.busy ? 'Sending…' : props.action}
        </button>
      </footer>
    </form>
  );
}

/*
 * The list of completions of a text area. The focus stays in the text: the chosen option is its active
 * descendant (ARIA Authoring Practices, combobox with a list). A text of several lines keeps its role,
 * textbox, which allows all of that but aria-expanded.
 */
import '../../styles/completion.css';

import { plural, t } from '@lingui/core/macro';
import { type RefObject, useEffect, useEffectEvent, useId, useLayoutEffect, useRef, useState } from 'react';

import { Avatar } from '../avatar';
import { Handle, Name } from '../person';
import { type Option, useOptions } from './completion-options';
import { placeList } from './completion-place';
import { sameToken, type Token, tokenAt } from './completion-token';

type Field = RefObject<HTMLTextAreaElement | null>;

/** The word at the caret while the field has the focus, and a way to close the list of this word. */
function useToken(field: Field): [Token | undefined, () => void] {
  const [token, setToken] = useState<Token>();
  /** The start of the word whose list was closed. */
  const closed = useRef<number>(undefined);
  useEffect(() => {
    const text = field.current;
    if (!text) return undefined;
    const read = () => {
      const { selectionStart, selectionEnd, value } = text;
      const found = selectionStart === selectionEnd ? tokenAt(value, selectionEnd) : undefined;
      if (found?.start !== closed.current) closed.current = undefined;
      const next = found && closed.current === undefined ? found : undefined;
      setToken((last) => (sameToken(last, next) ? last : next));
    };
    const leave = () => setToken(undefined);
    text.addEventListener('input', read);
    text.addEventListener('keyup', read);
    text.addEventListener('click', read);
    text.addEventListener('blur', leave);
    if (document.activeElement === text) read();
    return () => {
      text.removeEventListener('input', read);
      text.removeEventListener('keyup', read);
      text.removeEventListener('click', read);
      text.removeEventListener('blur', leave);
    };
  }, [field]);
  const close = () => {
    closed.current = token?.start;
    setToken(undefined);
  };
  return [token, close];
}

/** Replace the word by the option. */
function write(text: HTMLTextAreaElement, { start, end }: Token, { value }: Option) {
  const spaced = /^\s/.test(text.value.slice(end));
  text.setSelectionRange(start + 1, end);
  const written = spaced ? value : `${value} `;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else can be undone by the keyboard
  if (!document.execCommand('insertText', false, written)) {
    text.setRangeText(written, start + 1, end, 'end');
    text.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  if (spaced) text.setSelectionRange(text.selectionEnd + 1, text.selectionEnd + 1);
}

interface ListProps {
  field: Field;
  token: Token;
  options: Option[];
  onClose: () => void;
}

function List({ field, token, options, onClose }: ListProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, options.length - 1);
  const optionId = (index: number) => `${id}-${index}`;

  const take = (option: Option | undefined) => {
    if (field.current && option) write(field.current, token, option);
    onClose();
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    // Keys of an input method are for it (thread-frame.tsx).
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
    if (event.isComposing || event.keyCode === 229) return;
    if (shiftKey || ctrlKey || metaKey || altKey) return;
    if (key === 'ArrowDown') setChosen((active + 1) % options.length);
    else if (key === 'ArrowUp') setChosen((active + options.length - 1) % options.length);
    else if (key === 'Enter' || key === 'Tab') take(options[active]);
    else if (key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const text = field.current;
    if (!text) return undefined;
    const listener = (event: KeyboardEvent) => onKey(event);
    text.addEventListener('keydown', listener);
    text.setAttribute('aria-controls', id);
    return () => {
      text.removeEventListener('keydown', listener);
      text.removeAttribute('aria-controls');
      text.removeAttribute('aria-activedescendant');
    };
  }, [field, id]);
  useEffect(() => {
    field.current?.setAttribute('aria-activedescendant', `${id}-${active}`);
    list.current?.children[active]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [field, id, active]);

  // In the top layer, so that no box cuts it, also above a dialog.
  useLayoutEffect(() => {
    if (list.current?.matches(':popover-open') === false) list.current.showPopover();
  }, []);
  const { start } = token;
  useLayoutEffect(() => {
    const place = () => {
      if (list.current && field.current) placeList(list.current, field.current, start);
    };
    place();
    window.addEventListener('scroll', place, { capture: true, passive: true });
    window.addEventListener('resize', place);
    window.visualViewport?.addEventListener('resize', place);
    return () => {
      window.removeEventListener('scroll', place, { capture: true });
      window.removeEventListener('resize', place);
      window.visualViewport?.removeEventListener('resize', place);
    };
  }, [field, start, options.length]);

  const { length: count } = options;
  const position = active + 1;
  return (
    <>
      <div
        ref={list}
        id={id}
        className="completions"
        popover="manual"
        role="listbox"
        aria-label={token.kind === 'person' ? t`People` : t`Tags`}
      >
        {options.map((option, index) => (
          // The keys are those of the text, which has the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={option.value}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(option)}
          >
            {option.name === undefined ? (
              <bdi className="completion-tag">#{option.value}</bdi>
            ) : (
              <>
                <Avatar handle={option.value} name={option.name} />
                <span className="completion-words">
                  <b>
                    <Name>{option.name}</Name>
                  </b>
                  <span className="quiet">
                    <Handle>{option.value}</Handle>
                  </span>
                </span>
              </>
            )}
          </div>
        ))}
      </div>
      <Said
        text={
          token.kind === 'person'
            ? t`${plural(count, { one: '# person', other: '# people' })}, ${position} of ${count}`
            : t`${plural(count, { one: '# tag', other: '# tags' })}, ${position} of ${count}`
        }
      />
    </>
  );
}

/** Said by screen readers: a status says what changes in it, so its text comes after it. */
function Said({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text));
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <span className="unseen" role="status">
      {said}
    </span>
  );
}

export default function CompletionList({ field }: { field: Field }) {
  const [token, close] = useToken(field);
  const options = useOptions(token);
  useEffect(() => {
    field.current?.setAttribute('aria-autocomplete', 'list');
    field.current?.setAttribute('aria-haspopup', 'listbox');
  }, [field]);
  if (!token || options.length === 0) return null;
  return (
    <List
      key={token.start}
      field={field}
      token={token}
      options={options}
      onClose={close}
    />
  );
}

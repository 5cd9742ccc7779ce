/* A text of a person that is folded when it has too many lines. */
import { t } from '@lingui/core/macro';
import { type FocusEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { RichText } from './rich-text';

interface FoldedTextProps {
  text: string;
  className?: string;
  /** Of what is inside, where something else moves the focus. */
  tabIndex?: number;
}

/** Whether the text is higher than its box by more than the tall glyphs of some scripts. */
const isCut = (box: HTMLElement) =>
  box.scrollHeight - box.clientHeight > parseFloat(getComputedStyle(box).lineHeight) / 4;

/** The style sheet says how many lines are shown (.fold). */
export function FoldedText({ text, className = '', tabIndex }: FoldedTextProps) {
  const box = useRef<HTMLParagraphElement>(null);
  const [long, setLong] = useState(false);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    if (!open && box.current) setLong(isCut(box.current));
  }, [text, open]);
  // The number of lines depends on the width.
  useEffect(() => {
    if (open || !box.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setLong(isCut(entry.target as HTMLElement));
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [open]);

  // The keyboard reaches links that are folded away: show them.
  const onFocus = ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
    const end = currentTarget.getBoundingClientRect().bottom;
    const scrolled = currentTarget.scrollTop > 0;
    if (scrolled || target.getBoundingClientRect().bottom > end) setOpen(true);
  };
  return (
    <>
      <p
        ref={box}
        className={`${className} fold`}
        dir="auto"
        data-open={open || undefined}
        data-cut={(long && !open) || undefined}
        onFocus={onFocus}
      >
        <RichText text={text} tabIndex={tabIndex} />
      </p>
      {long && (
        <button
          type="button"
          className="link fold-button"
          tabIndex={tabIndex}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? t`Show less` : t`Show more`}
        </button>
      )}
    </>
  );
}

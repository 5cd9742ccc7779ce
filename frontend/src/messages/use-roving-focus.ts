/*
 * The messages are one tab stop: Tab reaches the newest one in view, and from there what is inside it;
 * arrow keys, Home and End go from message to message. (ARIA Authoring Practices Guide: roving tabindex)
 */
import { type FocusEvent, type KeyboardEvent, type RefObject, useRef } from 'react';

const rowsOf = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>('.message[data-at]')];

function makeStop(row: HTMLElement, stop: boolean) {
  for (const element of [row, ...row.querySelectorAll<HTMLElement>('a, button')])
    element.tabIndex = stop ? 0 : -1;
}

/** The row that a key leads to; undefined for other keys. */
function target(rows: HTMLElement[], row: HTMLElement, key: string): HTMLElement | undefined {
  const index = rows.indexOf(row);
  switch (key) {
    case 'ArrowUp':
      return rows[index - 1];
    case 'ArrowDown':
      return rows[index + 1];
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    default:
      return undefined;
  }
}

/** The first or last part of the list, if it is far from the screen and has only its height. */
function gapAt(list: HTMLElement, key: string): Element | undefined {
  if (key !== 'Home' && key !== 'End') return undefined;
  const edge = [...list.querySelectorAll('.chunk')].at(key === 'Home' ? 0 : -1);
  return edge?.childElementCount === 0 ? edge : undefined;
}

/** It is filled in one of the next frames, because it has come near the screen. */
function whenFilled(gap: Element, then: () => void, frames = 60) {
  requestAnimationFrame(() => {
    if (gap.childElementCount > 0 || frames === 0) then();
    else whenFilled(gap, then, frames - 1);
  });
}

export interface RovingFocus {
  onFocus: (event: FocusEvent<HTMLElement>) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  /** Tab reaches this row next, unless the focus is inside the list. */
  offer: (row: HTMLElement | undefined) => void;
}

export function useRovingFocus(list: RefObject<HTMLElement | null>): RovingFocus {
  const stop = useRef<HTMLElement>(undefined);
  const choose = (row: HTMLElement) => {
    if (stop.current && stop.current !== row) makeStop(stop.current, false);
    stop.current = row;
    makeStop(row, true);
  };
  const rowOf = ({ target: element }: { target: EventTarget }) =>
    element instanceof HTMLElement && !element.closest('dialog')
      ? element.closest<HTMLElement>('.message[data-at]')
      : null;
  return {
    onFocus: (event) => {
      const row = rowOf(event);
      if (row) choose(row);
    },
    onKeyDown: (event) => {
      const row = rowOf(event);
      if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
      const { key, currentTarget: rows } = event;
      const next = () => target(rowsOf(rows), row, key);
      const gap = gapAt(rows, key);
      const found = next();
      if (!found) return;
      event.preventDefault();
      if (!gap) found.focus();
      else {
        gap.scrollIntoView();
        whenFilled(gap, () => next()?.focus());
      }
    },
    offer: (row) => {
      const inside = list.current?.contains(document.activeElement) ?? false;
      if (row && row !== stop.current && (!inside || !stop.current?.isConnected)) choose(row);
    },
  };
}

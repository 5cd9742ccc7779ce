/* A menu beside what it is of; on a phone a sheet at the lower edge. */
import '../styles/press-menu.css';

import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react';

import { Icon, type IconProps } from './icons';
import type { Point } from './use-press';

export interface Choice {
  label: string;
  icon: IconProps;
  danger?: boolean;
  onChoose: () => void;
}

interface PressMenuProps {
  /** Its name for screen readers. */
  label: string;
  at: Point;
  choices: Choice[];
  hint?: string;
  onClose: () => void;
}

/** Keep so far from the edges of the screen. */
const MARGIN_PX = 8;
const isWide = () => matchMedia('(min-width: 760px)').matches;

function place(menu: HTMLElement, { x, y }: Point) {
  const { width, height } = menu.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const left = Math.min(x, clientWidth - width - MARGIN_PX);
  const top = y + height + MARGIN_PX > clientHeight ? y - height : y;
  menu.style.left = `${Math.max(MARGIN_PX, left)}px`;
  menu.style.top = `${Math.max(MARGIN_PX, top)}px`;
}

const STEPS: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Open while it is rendered; the focus returns to where it was. */
export function PressMenu({ label, at, choices, hint, onClose }: PressMenuProps) {
  const menu = useRef<HTMLDialogElement>(null);
  const first = useRef(at);
  useEffect(() => {
    const element = menu.current;
    const before = document.activeElement;
    element?.showModal();
    if (element && isWide()) place(element, first.current);
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    buttons[step(index, buttons.length)]?.focus();
  };
  // The backdrop has the dialog as its target.
  const onMouseDown = ({ target, currentTarget }: MouseEvent) => {
    if (target === currentTarget) onClose();
  };
  return (
    <dialog
      ref={menu}
      className="press-menu"
      aria-label={label}
      onCancel={onClose}
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
    >
      <div className="press-menu-inside">
        {choices.map(({ label: name, icon, danger = false, onChoose }) => (
          <button key={name} type="button" data-danger={danger || undefined} onClick={onChoose}>
            <Icon {...icon} />
            {name}
          </button>
        ))}
        {hint && <p className="hint">{hint}</p>}
      </div>
    </dialog>
  );
}

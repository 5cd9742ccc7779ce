/* Modal dialogs. The browser's <dialog> traps the focus and closes on Escape. */
import { t } from '@lingui/core/macro';
import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';

import { Icon } from './icons';

interface DialogProps {
  title: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}

/** Open while it is rendered; the focus returns to where it was. */
export function Dialog({ title, className, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // A press on the backdrop has the dialog as its target, too.
  const onMouseDown = ({ target, currentTarget, clientX: x, clientY: y }: MouseEvent) => {
    const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
    if (target === currentTarget && (x < left || x > right || y < top || y > bottom)) onClose();
  };
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={heading}
      onCancel={onClose}
      onMouseDown={onMouseDown}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" className="icon-button" aria-label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  /** The other button. */
  keep?: string;
  busy: boolean;
  error?: string | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({
  title,
  text,
  action,
  keep = t`Keep it`,
  busy,
  error,
  onConfirm,
  onClose,
}: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <footer>
        <button type="button" className="button" onClick={onClose}>
          {keep}
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={onConfirm}>
          {action}
        </button>
      </footer>
    </Dialog>
  );
}

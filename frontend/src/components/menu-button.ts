/* The state of a button whose menu is loaded when a pointer reaches it, or when it is pressed. */
import { t } from '@lingui/core/macro';
import { type ComponentType, type RefObject, useRef, useState } from 'react';

import { once } from './later';
import { toast } from './toast';

export interface LoadedMenuProps {
  button: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onClose: () => void;
}

export function useMenuButton<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const [Menu, setMenu] = useState<ComponentType<Props>>();
  const [open, setOpen] = useState(false);
  // A press on the button has closed the menu before its click arrives.
  const wasOpen = useRef(false);

  const press = async () => {
    const closes = wasOpen.current;
    wasOpen.current = false;
    if (closes) return;
    try {
      const { default: loaded } = await once(load);
      setMenu(() => loaded);
      setOpen(true);
    } catch {
      toast(t`The menu didn’t load. Check your connection.`);
    }
  };
  return {
    /** To be rendered as soon as it is there. */
    Menu,
    open,
    close: () => setOpen(false),
    attributes: {
      'aria-expanded': open,
      onPointerEnter: () => {
        load().catch(() => {
          // It is asked for again where it is needed.
        });
      },
      onPointerDown: () => {
        wasOpen.current = open;
      },
      onClick: () => void press(),
    },
  };
}

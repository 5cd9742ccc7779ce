/*
 * Single-key shortcuts, outside of fields and dialogs, and the sheet that lists all keys. They can
 * be turned off (WCAG 2.1.4).
 */
import { t } from '@lingui/core/macro';
import { useEffect, useEffectEvent, useRef, useState } from 'react';

import { useMyHandle } from '../api/people';
import { useNavigate } from '../base/router';
import { Dialog } from '../components/dialog';
import { readDraft, writeDraft } from '../session/drafts';
import { local } from '../session/local';

const STORAGE_KEY = 'cruddur:shortcuts';
/** The second key of two comes within this time. */
const SECOND_MS = 2_000;

const isOn = () => local.get(STORAGE_KEY) !== 'off';

type Key = [keys: string[], what: string];

const singleKeys = (): Key[] => [
  [['?'], t`This list`],
  [['/'], t({ message: 'Search', context: 'noun' })],
  [['n'], t`New crud`],
  [['.'], t`Show new cruds`],
  [['g', 'h'], t`Go to Home`],
  [['g', 'n'], t`Go to Notifications`],
  [['g', 'm'], t`Go to Messages`],
  [['g', 'p'], t`Go to your profile`],
];

/** Their names are those on the keyboard. */
const otherKeys = (): Key[] => [
  [t`Ctrl Enter`.split(' '), t`Send a crud or a reply`],
  [[t({ message: 'Enter', context: 'noun' })], t`Send a message`],
  [t`Shift Enter`.split(' '), t`New line in a message`],
  [t`↑ ↓ Home End`.split(' '), t`From message to message`],
  [[t`Esc`], t`Close a dialog`],
];

function Keys({ keys }: { keys: Key[] }) {
  return (
    <dl className="shortcuts">
      {keys.map(([names, what]) => (
        <div key={names.join(' ')}>
          <dt>
            {names.map((one) => (
              <kbd key={one}>{one}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

function Sheet({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(isOn);
  return (
    <Dialog title={t`Keyboard shortcuts`} onClose={onClose}>
      <label className="switch">
        <input
          type="checkbox"
          checked={on}
          onChange={({ target: { checked } }) => {
            local.set(STORAGE_KEY, checked ? 'on' : 'off');
            setOn(checked);
          }}
        />
        {t`Single keys`}
      </label>
      <Keys keys={singleKeys()} />
      <h3>{t`Always`}</h3>
      <Keys keys={otherKeys()} />
    </Dialog>
  );
}

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select') !== null);

/** `first`: the key that has loaded this. */
export default function Shortcuts({ first }: { first: KeyboardEvent }) {
  const navigate = useNavigate();
  const handle = useMyHandle();
  const [open, setOpen] = useState(false);
  const goes = useRef(-Infinity);

  const writeCrud = () => {
    writeDraft('crud', { ...readDraft('crud'), focus: true });
    void navigate('/');
  };
  const places: Record<string, string | undefined> = {
    h: '/',
    n: '/notifications',
    m: '/messages',
    p: handle && `/@${handle}`,
  };
  const onKey = (event: KeyboardEvent) => {
    const { key, target } = event;
    // A key that was made by the button of the menu opens the sheet wherever it is.
    if (!event.isTrusted) {
      if (key === '?') setOpen(true);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !isOn()) return;
    if (isField(target) || document.querySelector('dialog:modal, :popover-open')) return;
    const second = event.timeStamp - goes.current < SECOND_MS;
    goes.current = key === 'g' && !second ? event.timeStamp : -Infinity;
    const place = places[key];
    if (second && place) void navigate(place);
    else if (key === '?') setOpen(true);
    else if (key === '/') void navigate('/search');
    else if (key === 'n' && handle) writeCrud();
    else if (key === '.') document.querySelector<HTMLElement>('.new-cruds button')?.click();
    else return;
    event.preventDefault();
  };
  const onKeyEvent = useEffectEvent(onKey);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyEvent(event);
    const timer = setTimeout(listen, 0, first);
    document.addEventListener('keydown', listen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('keydown', listen);
    };
  }, [first]);

  return open ? <Sheet onClose={() => setOpen(false)} /> : null;
}

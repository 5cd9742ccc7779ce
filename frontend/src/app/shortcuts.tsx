/*
 * Single-key shortcuts, outside of fields and dialogs, and the sheet that lists all keys. They can
 * be turned off (WCAG 2.1.4).
 */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useNavigate } from 'react-router';

import { useMyHandle } from '../api/people';
import { Dialog } from '../components/dialog';
import { readDraft, writeDraft } from '../session/drafts';
import { local } from '../session/local';

const STORAGE_KEY = 'cruddur:shortcuts';
/** The second key of two comes within this time. */
const SECOND_MS = 2_000;

const isOn = () => local.get(STORAGE_KEY) !== 'off';

const KEYS: [string, string][] = [
  ['?', 'This list'],
  ['/', 'Search'],
  ['n', 'New crud'],
  ['.', 'Show new cruds'],
  ['g h', 'Go to Home'],
  ['g n', 'Go to Notifications'],
  ['g m', 'Go to Messages'],
  ['g p', 'Go to your profile'],
];

const OTHER_KEYS: [string, string][] = [
  ['Ctrl Enter', 'Send a crud or a reply'],
  ['Enter', 'Send a message'],
  ['Shift Enter', 'New line in a message'],
  ['↑ ↓ Home End', 'From message to message'],
  ['Esc', 'Close a dialog'],
];

function Keys({ keys }: { keys: [string, string][] }) {
  return (
    <dl className="shortcuts">
      {keys.map(([key, what]) => (
        <div key={key}>
          <dt>
            {key.split(' ').map((one) => (
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
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <label className="switch">
        <input
          type="checkbox"
          checked={on}
          onChange={({ target: { checked } }) => {
            local.set(STORAGE_KEY, checked ? 'on' : 'off');
            setOn(checked);
          }}
        />
        Single keys
      </label>
      <Keys keys={KEYS} />
      <h3>Always</h3>
      <Keys keys={OTHER_KEYS} />
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
    if (isField(target) || document.querySelector('dialog:modal')) return;
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

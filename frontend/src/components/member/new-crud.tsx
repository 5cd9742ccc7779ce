/* The composer of cruds: on Home, with those that are not sent yet below it, and as a sheet elsewhere. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'react';

import { newestCrudAt } from '../../api/crud-changes';
import { useMe } from '../../api/people';
import type { Crud } from '../../api/types';
import { useClock } from '../../base/now';
import { useLocation, useNavigate } from '../../base/router';
import { endIn } from '../../base/time';
import { send, useEntries } from '../../outbox/entries';
import { type Entry, type TextContent, undelivered } from '../../outbox/entry';
import { readDraft, useDraft, writeDraft } from '../../session/drafts';
import { Dialog } from '../dialog';
import { PLUS } from '../icon-paths';
import { Icon } from '../icons';
import { toast } from '../toast';
import { Composer } from './composer';
import { lifeOf, LIVES } from './life';
import { UnsentTexts } from './unsent';

function Form({ rows, onSent }: { rows?: number; onSent?: () => void }) {
  const [draft, setDraft] = useDraft('crud');
  const ttl = lifeOf(draft.ttl);
  const end = useClock((now) => endIn(LIVES[ttl].ms, now));
  return (
    <Composer
      name="crud"
      label={t`New crud`}
      placeholder={t`What would you like to say?`}
      action={t({ message: 'Crud', context: 'verb' })}
      rows={rows}
      onSend={(text) => {
        send({ kind: 'crud', text, ttl, since: newestCrudAt() });
        onSent?.();
      }}
    >
      <div className="life">
        <label className="ttl">
          <span>{t`Gone in`}</span>
          <select value={ttl} onChange={(event) => setDraft({ ...draft, ttl: event.target.value })}>
            {Object.entries(LIVES).map(([life, { name }]) => (
              <option key={life} value={life}>
                {i18n._(name)}
              </option>
            ))}
          </select>
        </label>
        <span className="life-end">{t`until ${end}`}</span>
      </div>
    </Composer>
  );
}

function Sheet({ onClose }: { onClose: () => void }) {
  const form = useRef<HTMLDivElement>(null);
  // After the dialog, which gives the focus to its first button.
  useEffect(() => form.current?.querySelector('textarea')?.focus(), []);
  return (
    <Dialog title={t`New crud`} className="sheet" onClose={onClose}>
      <div ref={form}>
        <Form
          rows={4}
          onSent={() => {
            onClose();
            toast(t`Your crud is on its way`);
          }}
        />
      </div>
    </Dialog>
  );
}

/** In the navigation: the composer, on every page. */
export function NewCrudButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="nav-item new-crud" onClick={() => setOpen(true)}>
        <span className="nav-icon">
          <Icon path={PLUS} />
        </span>
        <span className="nav-label">{t`New crud`}</span>
      </button>
      {open && <Sheet onClose={() => setOpen(false)} />}
    </>
  );
}

/** `/#new` begins a crud: a shortcut of the installed page leads there. */
function useNewAddress() {
  const isNew = useLocation().hash === '#new';
  const navigate = useNavigate();
  useEffect(() => {
    if (!isNew) return;
    writeDraft('crud', { ...readDraft('crud'), focus: true });
    void navigate('/', { replace: true });
  }, [isNew, navigate]);
}

/** `shown`: the beginning of the home feed. */
export function NewCrud({ shown }: { shown: Crud[] }) {
  useNewAddress();
  const { data: me } = useMe();
  const cruds = useEntries().filter(
    (entry): entry is Entry<TextContent> => entry.content.kind === 'crud',
  );
  return (
    <>
      <Form />
      <UnsentTexts entries={undelivered(cruds, shown, me?.handle)} />
    </>
  );
}

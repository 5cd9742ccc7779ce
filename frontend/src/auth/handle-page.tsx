/* A new account whose handle is taken, invalid or missing chooses one here. */
import '../styles/auth.css';

import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { useState } from 'react';

import { keys, queryClient } from '../api/queries';
import { cleanHandle } from '../base/characters';
import { HANDLE_RULE, isHandle } from '../base/limits';
import { useDocumentTitle } from '../components/document-title';
import { Submit, useSubmit } from '../components/submit';
import { changeHandle } from '../session/session';
import type { HandleCode } from './refusal-codes';
import { HandleField, unavailable } from './handle-field';

const REASONS: Record<HandleCode, MessageDescriptor> = {
  handle_taken: msg`Someone else already has the handle you chose.`,
  handle_reserved: msg`The handle you chose is reserved.`,
  handle_invalid: msg`The handle you chose can’t be used here.`,
  handle_missing: msg`Your account doesn’t have a handle yet.`,
};

export function HandlePage({ code }: { code: HandleCode }) {
  useDocumentTitle(t`Choose a handle`);
  const [text, setText] = useState('');
  const handle = cleanHandle(text);
  const [checked, setChecked] = useState(false);
  const [refused, setRefused] = useState<string>();
  const { busy, error, submit } = useSubmit(async () => {
    setChecked(true);
    if (!isHandle(handle)) return;
    // With a new token: the API remembers for two seconds that the old one registers nobody.
    await changeHandle(handle);
    await queryClient.invalidateQueries({ queryKey: keys.me });
    // Displayed only if this page stays, because the account still has no usable handle.
    setRefused(handle);
  });
  const problem =
    checked && !isHandle(handle)
      ? i18n._(HANDLE_RULE)
      : refused && refused === handle
        ? unavailable(handle)
        : undefined;
  return (
    <div className="column">
      <section className="card">
        <h1>{t`Choose a handle`}</h1>
        <p>
          {i18n._(REASONS[code])} {t`People use it to find and mention you.`}
        </p>
        <form onSubmit={submit}>
          <HandleField autoFocus value={text} onValue={setText} error={problem} />
          <Submit busy={busy} error={error}>
            {t`Continue`}
          </Submit>
        </form>
      </section>
    </div>
  );
}

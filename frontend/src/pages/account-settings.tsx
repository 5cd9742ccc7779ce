/* The part of the settings about the account: its security, a copy of everything in it, its deletion. */
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type SyntheticEvent, useEffect, useState } from 'react';

import { deleteAccount, fetchExport } from '../api/account';
import { Problem } from '../api/problem';
import type { Me } from '../api/types';
import { cleanHandle } from '../base/characters';
import { useOutletContext } from '../base/router';
import { Field } from '../components/field';
import { Handle } from '../components/person';
import { problemText } from '../components/problem-text';
import { endSession, signOut } from '../session/session';
import { SecurityCards } from './security-settings';

type Export =
  | { state: 'none' | 'waiting' }
  | { state: 'failed'; reason: string }
  | { state: 'ready'; address: string };

const textOf = (error: unknown) =>
  error instanceof Problem ? problemText(error) : t`Something went wrong. Try again in a moment.`;

/** Asks again until the export is ready, or `signal` says that nobody waits any longer. */
async function waitForExport(signal: AbortSignal): Promise<Blob> {
  for (;;) {
    const answer = await fetchExport(signal);
    if (answer instanceof Blob) return answer;
    await new Promise((resolve) => setTimeout(resolve, answer.afterMs));
    signal.throwIfAborted();
  }
}

function ExportCard({ handle }: { handle: string }) {
  const [current, setCurrent] = useState<Export>({ state: 'none' });
  const waiting = current.state === 'waiting';
  useEffect(() => {
    if (!waiting) return;
    const controller = new AbortController();
    waitForExport(controller.signal).then(
      // The browser keeps the file until the page is left.
      (file) => setCurrent({ state: 'ready', address: URL.createObjectURL(file) }),
      (error: unknown) => {
        if (!controller.signal.aborted) setCurrent({ state: 'failed', reason: textOf(error) });
      },
    );
    return () => controller.abort();
  }, [waiting]);
  return (
    <section className="card" id="export" tabIndex={-1} aria-labelledby="export-heading">
      <h3 id="export-heading">{t`Your data`}</h3>
      <p>
        {t`A file with everything that Cruddur has of you: your profile, cruds, likes, the people you follow, and your conversations. Each line is a record in JSON. You can get a new one once a day.`}
      </p>
      <div role="status">
        {waiting && (
          <p className="quiet">
            {t`Your file is being made. That takes a minute or two; you can stay here.`}
          </p>
        )}
        {current.state === 'ready' && <p>{t`Your file is ready.`}</p>}
      </div>
      {current.state === 'failed' && (
        <p className="error" role="alert">
          {current.reason}
        </p>
      )}
      {current.state === 'ready' ? (
        <a className="button primary" href={current.address} download={`cruddur-${handle}.jsonl`}>
          {t`Download`}
        </a>
      ) : (
        <button
          type="button"
          className="button"
          disabled={waiting}
          onClick={() => setCurrent({ state: 'waiting' })}
        >
          {waiting ? t`One moment…` : t`Export my data`}
        </button>
      )}
    </section>
  );
}

/** The page leads to the sign-in page and back, as when a session has ended. */
function SignInAgain() {
  return (
    <>
      <p className="error" role="alert">
        {t`To make sure that it’s you, sign in again. Then come back here and delete your account within five minutes.`}
      </p>
      <button type="button" className="button" onClick={endSession}>
        {t`Sign in again`}
      </button>
    </>
  );
}

function DeleteCard({ handle }: { handle: string }) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [again, setAgain] = useState(false);
  const matches = cleanHandle(typed).toLowerCase() === handle.toLowerCase();
  const remove = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await signOut(deleteAccount);
    } catch (reason) {
      const old = reason instanceof Problem && reason.codes.includes('sign_in_again');
      setAgain(old);
      if (!old) setError(textOf(reason));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    if (matches) void remove();
    else setError(t`This isn’t your handle.`);
  };
  const yours = <Handle>{handle}</Handle>;
  return (
    <section className="card" id="delete" tabIndex={-1} aria-labelledby="delete-heading">
      <h3 id="delete-heading">{t`Delete your account`}</h3>
      <p>
        {t`This removes your profile, your cruds and the replies to them, your likes, and the texts of your messages, for everyone. It can’t be undone. Nobody can take your handle for 90 days.`}
      </p>
      {again ? (
        <SignInAgain />
      ) : (
        <form onSubmit={submit}>
          <p>
            <Trans>To confirm, type your handle: {yours}</Trans>
          </p>
          <Field label={t`Your handle`} error={error}>
            {(attributes) => (
              <input
                {...attributes}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                dir="ltr"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
          <button type="submit" className="button danger" disabled={busy || !matches}>
            {busy ? t`One moment…` : t`Delete my account`}
          </button>
        </form>
      )}
    </section>
  );
}

export default function AccountPart() {
  const me = useOutletContext<Me>();
  const handle = <Handle>{me.handle}</Handle>;
  const email = <>{me.email}</>;
  return (
    <>
      <p className="quiet">
        {me.email === null ? (
          <Trans>You are {handle}.</Trans>
        ) : (
          <Trans>
            You are {handle}, and sign in with {email}.
          </Trans>
        )}
      </p>
      <SecurityCards account={me.email ?? `@${me.handle}`} />
      <ExportCard handle={me.handle} />
      <DeleteCard handle={me.handle} />
    </>
  );
}

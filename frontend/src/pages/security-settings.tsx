/* The security of the account: a second factor, the password, all sessions. */
import { msg, t } from '@lingui/core/macro';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';

import { queryClient } from '../api/queries';
import { cleanCode } from '../base/characters';
import { passwordProblem } from '../base/password';
import { Authenticator } from '../components/authenticator';
import { CodeField, codeProblem } from '../components/code-field';
import { Confirm } from '../components/dialog';
import { AccountName, NewPasswordField, PasswordField } from '../components/password-field';
import { reasonOf, Submit, useFaults, useSubmit, WEAK_PASSWORD } from '../components/submit';
import { whatIsLost } from '../components/what-is-lost';
import {
  canSignOutEverywhere,
  changePassword,
  readSecondFactor,
  type SecondFactor,
  signOutEverywhere,
  turnOffSecondFactor,
  turnOnSecondFactor,
} from '../session/security';

function Card({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className="card" id={id} tabIndex={-1} aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`}>{title}</h3>
      {children}
    </section>
  );
}

// --- second factor ------------------------------------------------------------------------------------
const KEY = ['second-factor'];
const know = (factor: SecondFactor) => queryClient.setQueryData<SecondFactor>(KEY, factor);

const SESSION_ENDED = msg`Your session has ended. Sign in again.`;
const WRONG_CODE = msg`That isn’t the code of your app. Check that its time is right, and try again.`;
const FACTOR_REASONS = {
  CodeMismatchException: WRONG_CODE,
  EnableSoftwareTokenMFAException: WRONG_CODE,
  InvalidParameterException: msg`The second factor can’t be changed here.`,
  NotAuthorizedException: SESSION_ENDED,
};

function SetUp({ account, secret, onEnd }: { account: string; secret: string; onEnd: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const [code, setCode] = useState('');
  const { shown, pass } = useFaults(form, { code: codeProblem(code) });
  const { busy, error, submit } = useSubmit(async () => {
    if (!pass()) return;
    await turnOnSecondFactor(cleanCode(code));
    know({ state: 'on' });
    onEnd();
  }, FACTOR_REASONS);
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <Authenticator account={account} secret={secret} />
      <CodeField
        label={t`Code of the app`}
        autoFocus
        submits
        value={code}
        onValue={setCode}
        error={shown('code')}
      />
      <Submit busy={busy} error={error}>
        {t`Turn on`}
      </Submit>
      <button type="button" className="button wide" onClick={onEnd}>
        {t`Cancel`}
      </button>
    </form>
  );
}

function TurnOff() {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const turnOff = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await turnOffSecondFactor();
      await queryClient.invalidateQueries({ queryKey: KEY });
    } catch (reason) {
      setError(reasonOf(reason, FACTOR_REASONS));
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setAsks(true)}>
        {t`Turn off`}
      </button>
      {asks && (
        <Confirm
          title={t`Turn off the second factor?`}
          text={t`Then your password alone is enough to sign in. You can remove Cruddur from your app afterwards.`}
          action={t`Turn it off`}
          keep={t`Keep it on`}
          busy={busy}
          error={error}
          onConfirm={() => void turnOff()}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}

/** Not shown where the user pool has no authenticator apps. */
function FactorCard({ account }: { account: string }) {
  const [setsUp, setSetsUp] = useState(false);
  const { data, error, refetch } = useQuery<SecondFactor>({
    queryKey: KEY,
    queryFn: readSecondFactor,
    // A secret is for one visit of the page.
    gcTime: 0,
    staleTime: Infinity,
  });
  if (data?.state === 'unsupported' || (!data && !error)) return null;
  return (
    <Card id="second-factor" title={t`Second factor`}>
      <p role="status">
        {data?.state === 'on'
          ? t`It is on: signing in takes your password and a code from your authenticator app.`
          : t`With it, your password alone is not enough to sign in: a code from an app on your phone is needed, too.`}
      </p>
      {!data && (
        <>
          <p className="error" role="alert">
            {reasonOf(error, FACTOR_REASONS)}
          </p>
          <button type="button" className="button" onClick={() => void refetch()}>
            {t`Try again`}
          </button>
        </>
      )}
      {data?.state === 'on' && (
        <>
          <p className="quiet">
            {t`If you lose the app, only the people who run this site can let you in again.`}
          </p>
          <TurnOff />
        </>
      )}
      {data?.state === 'off' &&
        (setsUp ? (
          <SetUp account={account} secret={data.secret} onEnd={() => setSetsUp(false)} />
        ) : (
          <button type="button" className="button" onClick={() => setSetsUp(true)}>
            {t`Set up an app`}
          </button>
        ))}
    </Card>
  );
}

// --- password -----------------------------------------------------------------------------------------
function PasswordForm({ account, onChanged }: { account: string; onChanged: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const [wrong, setWrong] = useState<string>();
  const { shown, left, pass, refuse } = useFaults(form, {
    before:
      before === ''
        ? t`Enter the password that you have now.`
        : wrong === before
          ? t`This isn’t your password.`
          : undefined,
    after: passwordProblem(after) ?? (after === before ? t`Choose another one.` : undefined),
  });
  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      try {
        await changePassword(before, after);
      } catch (reason) {
        if (!(reason instanceof Error) || reason.name !== 'NotAuthorizedException') throw reason;
        setWrong(before);
        refuse();
        return;
      }
      onChanged();
    },
    { InvalidPasswordException: WEAK_PASSWORD },
  );
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <AccountName email={account} />
      <PasswordField
        label={t`Current password`}
        value={before}
        onValue={setBefore}
        error={shown('before')}
      />
      <NewPasswordField
        label={t`New password`}
        value={after}
        onValue={setAfter}
        onLeave={() => left('after', after)}
        error={shown('after')}
      />
      <Submit busy={busy} error={error}>
        {t`Change password`}
      </Submit>
    </form>
  );
}

function PasswordCard({ account }: { account: string }) {
  const [changes, setChanges] = useState(0);
  const onChanged = () => {
    setChanges(changes + 1); // an empty form
    document.getElementById('password')?.focus({ preventScroll: true });
  };
  return (
    <Card id="password" title={t`Password`}>
      <PasswordForm key={changes} account={account} onChanged={onChanged} />
      <p role="status">
        {changes > 0 &&
          t`Your password is changed. Other devices stay signed in until you sign them out.`}
      </p>
    </Card>
  );
}

// --- sessions -----------------------------------------------------------------------------------------
function SessionsCard() {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const { data: can = false } = useQuery({
    queryKey: ['sign-out-everywhere'],
    queryFn: canSignOutEverywhere,
  });
  const leave = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await signOutEverywhere();
    } catch (reason) {
      setError(reasonOf(reason, { NotAuthorizedException: SESSION_ENDED }));
      setBusy(false);
    }
  };
  const lost = whatIsLost();
  if (!can) return null;
  return (
    <Card id="sessions" title={t`Devices`}>
      <p>
        {t`Have you lost a device, or signed in on one that isn’t yours? Sign out everywhere, then in again here. Other devices notice it within an hour.`}
      </p>
      <button type="button" className="button" onClick={() => setAsks(true)}>
        {t`Sign out everywhere`}
      </button>
      {asks && (
        <Confirm
          title={t`Sign out everywhere?`}
          text={
            lost === undefined
              ? t`All devices have to sign in again, this one, too.`
              : t`All devices have to sign in again. This one has ${lost}: signing out deletes what it has of your account.`
          }
          action={
            lost === undefined ? t`Sign out everywhere` : t`Delete and sign out everywhere`
          }
          keep={t`Stay`}
          busy={busy}
          error={error}
          onConfirm={() => void leave()}
          onClose={() => setAsks(false)}
        />
      )}
    </Card>
  );
}

export function SecurityCards({ account }: { account: string }) {
  return (
    <>
      <PasswordCard account={account} />
      <FactorCard account={account} />
      <SessionsCard />
    </>
  );
}

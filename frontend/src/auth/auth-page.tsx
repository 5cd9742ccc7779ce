/* The frame of the pages that lead in, and what they share. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { Logo } from '../components/icons';
import { useTitle } from '../components/basics';

interface AuthPageProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

export function AuthPage({ title, lead, children }: AuthPageProps) {
  useTitle(title);
  return (
    <main className="auth">
      <Link className="brand" to="/" aria-label="Cruddur, home">
        <Logo />
        <span>Cruddur</span>
      </Link>
      <div className="card">
        <h1>{title}</h1>
        {lead && <p className="quiet">{lead}</p>}
        {children}
      </div>
    </main>
  );
}

/** Where to go afterwards: a path of ours, never another site. */
export function useNext(): { next: string; carry: string } {
  const [parameters] = useSearchParams();
  const wanted = parameters.get('next') ?? '/';
  const url = URL.canParse(wanted, window.location.origin)
    ? new URL(wanted, window.location.origin)
    : null;
  const ours = wanted.startsWith('/') && url?.origin === window.location.origin;
  const next = ours ? wanted : '/';
  return { next, carry: next === '/' ? '' : `?next=${encodeURIComponent(next)}` };
}

const REASONS: Record<string, string> = {
  NotAuthorizedException: 'The email or the password is not right.',
  InvalidPasswordException: 'This password is not accepted: it may be wrong or too simple.',
  UserNotFoundException: 'The email or the password is not right.',
  UsernameExistsException: 'There is an account with this email already. Sign in instead.',
  CodeMismatchException: 'This is not the code that was sent.',
  ExpiredCodeException: 'The code has expired. Ask for a new one.',
  LimitExceededException: 'Too many attempts. Wait a while.',
  TooManyRequestsException: 'Too many attempts. Wait a while.',
  InvalidParameterException: 'Something in here is not accepted.',
  NetworkError: 'There is no connection. Check yours, then try again.',
};

/** A form whose sending can fail: one at a time, with the reason in words. */
export function useSubmit(send: () => Promise<void>, special: Record<string, string> = {}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (reason) {
      const name = reason instanceof Error ? reason.name : '';
      setError(special[name] ?? REASONS[name] ?? 'That did not work. Try again in a moment.');
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, submit: (event: FormEvent) => void submit(event) };
}

export function Submit({
  busy,
  error,
  children,
}: {
  busy: boolean;
  error: string | undefined;
  children: string;
}) {
  return (
    <>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={busy}>
        {busy ? 'One moment…' : children}
      </button>
    </>
  );
}

/*
 * The frame and the form logic of the pages for signing in and up. A signed-in person is led on: also
 * as soon as another tab has signed in.
 */
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';

import { useDocumentTitle } from '../components/document-title';
import { Logo } from '../components/icons';
import { useSession } from '../session/session';

interface AuthPageProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

export function AuthPage({ title, lead, children }: AuthPageProps) {
  useDocumentTitle(title);
  const { account } = useSession();
  const { next } = useNext();
  if (account !== null) return <Navigate to={next} replace />;
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

/**
 * Where to go after signing in: a path of this site, never another site. `query` passes it on to
 * the next of these pages.
 */
export function useNext(): { next: string; query: string } {
  const [parameters] = useSearchParams();
  const wanted = parameters.get('next') ?? '/';
  const url = URL.canParse(wanted, window.location.origin)
    ? new URL(wanted, window.location.origin)
    : null;
  const sameOrigin = wanted.startsWith('/') && url?.origin === window.location.origin;
  const next = sameOrigin ? wanted : '/';
  return { next, query: next === '/' ? '' : `?next=${encodeURIComponent(next)}` };
}

const REASONS: Record<string, string> = {
  NotAuthorizedException: 'That email or password isn’t right.',
  InvalidPasswordException: 'This password can’t be used. Try another one.',
  UserNotFoundException: 'That email or password isn’t right.',
  UsernameExistsException: 'There’s already an account with this email. Sign in instead.',
  CodeMismatchException: 'That isn’t the code we sent. Check it and try again.',
  ExpiredCodeException: 'This code has expired. Ask for a new one.',
  LimitExceededException: 'Too many attempts. Try again later.',
  TooManyRequestsException: 'Too many attempts. Try again later.',
  InvalidParameterException: 'Some of this isn’t valid. Check the form and try again.',
  NetworkError: 'The sign-in service can’t be reached. Check your connection and try again.',
};

/** Error text for a new password that is too simple. */
export const WEAK_PASSWORD =
  'Choose a stronger password: at least 8 characters, with letters, numbers and symbols.';

/**
 * Submits a form, one request at a time. `error` is the text for the name of the error; `special`
 * overrides texts for one page.
 */
export function useSubmit(send: () => Promise<void>, special: Record<string, string> = {}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (reason) {
      const name = reason instanceof Error ? reason.name : '';
      setError(special[name] ?? REASONS[name] ?? 'Something went wrong. Try again in a moment.');
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, submit: (event: SyntheticEvent) => void submit(event) };
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

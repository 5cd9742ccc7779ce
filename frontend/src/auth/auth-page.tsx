/*
 * The frame of the pages for signing in and up. A signed-in person is led on: also as soon as another tab
 * has signed in.
 */
import '../styles/auth.css';

import { t } from '@lingui/core/macro';
import { type ReactNode, useSyncExternalStore } from 'react';

import { pathOfThisSite } from '../base/next';
import { Link, Navigate, useSearchParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Logo } from '../components/icons';
import { part } from '../components/later';
import { useSession } from '../session/session';
import { isWelcomeNext } from '../session/welcome';

const Sample = part(() => import('./sample'), <div className="sample" />);

const wide = matchMedia('(min-width: 900px)');

function onWidth(listener: () => void) {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

interface AuthPageProps {
  title: string;
  lead?: ReactNode;
  /** Beside the form, where there is room: what people say on Cruddur. */
  sample?: boolean;
  children: ReactNode;
}

export function AuthPage({ title, lead, sample = false, children }: AuthPageProps) {
  useDocumentTitle(title);
  const { account } = useSession();
  const { next, query } = useNext();
  const isWide = useSyncExternalStore(onWidth, () => wide.matches);
  if (account !== null)
    return <Navigate to={isWelcomeNext() ? `/welcome${query}` : next} replace />;
  return (
    <main className="auth">
      <div className="auth-form">
        <Link className="brand" to="/" aria-label={t`Cruddur, home`}>
          <Logo />
          <span>Cruddur</span>
        </Link>
        <div className="card">
          <h1>{title}</h1>
          {lead && <p className="quiet">{lead}</p>}
          {children}
        </div>
      </div>
      {sample && isWide && <Sample />}
    </main>
  );
}

/**
 * Where to go after signing in: a path of this site, never another site. `query` passes it on to
 * the next of these pages.
 */
export function useNext(): { next: string; query: string } {
  const [parameters] = useSearchParams();
  const next = pathOfThisSite(parameters.get('next'));
  return { next, query: next === '/' ? '' : `?next=${encodeURIComponent(next)}` };
}

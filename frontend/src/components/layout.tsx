/* What stands around the pages: navigation, notes about the connection, the place for the page. */
import { type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation } from 'react-router';

import { useFreshMe, useMe } from '../api/people';
import { HANDLE_CODES, type HandleCode, HandlePage } from '../auth/handle-page';
import { currentAccount, leaveSession, useSession } from '../auth/session';
import { signInPath } from '../auth/signed-in';
import { readStored } from '../stored';
import { Avatar, Skeleton } from './basics';
import { Boundary } from './boundary';
import { Icon, type IconName, Logo } from './icons';
import { useScrollMemory } from './scroll';
import { ThemeSwitch } from './theme';
import { Toast } from './toast';

interface ItemProps {
  to: string;
  icon: IconName;
  label: string;
  unread?: number | undefined;
}

function Item({ to, icon, label, unread = 0 }: ItemProps) {
  return (
    <NavLink
      className="nav-item"
      to={to}
      end={to === '/'}
      aria-label={unread > 0 ? `${label}, ${unread} unread` : undefined}
    >
      <span className="nav-icon">
        <Icon name={icon} />
        {unread > 0 && <span className="badge" data-count={unread > 99 ? '99+' : unread} />}
      </span>
      <span className="nav-label">{label}</span>
    </NavLink>
  );
}

function Navigation() {
  const { account } = useSession();
  const { data: me } = useMe();
  return (
    <nav className="nav" aria-label="Main">
      <Link className="brand" to="/" aria-label="Cruddur, home">
        <Logo />
        <span>Cruddur</span>
      </Link>
      <div className="nav-items">
        <Item to="/" icon="home" label="Home" />
        <Item to="/search" icon="search" label="Search" />
        {account !== null && (
          <>
            <Item
              to="/notifications"
              icon="bell"
              label="Notifications"
              unread={me?.unread_notifications}
            />
            <Item to="/messages" icon="mail" label="Messages" unread={me?.unread_messages} />
            {me && <Item to={`/@${me.handle}`} icon="person" label="Profile" />}
          </>
        )}
      </div>
      <div className="nav-end">
        <ThemeSwitch />
        {account !== null ? (
          <button type="button" className="nav-item" onClick={() => void leaveSession()}>
            <Icon name="out" />
            <span className="nav-label">Sign out</span>
          </button>
        ) : (
          <>
            <Link className="button primary" to="/signin">
              Sign in
            </Link>
            <Link className="button" to="/signup">
              Sign up
            </Link>
          </>
        )}
        {me && (
          <p className="nav-me">
            <Avatar handle={me.handle} name={me.display_name} />
            <span>
              <b>{me.display_name}</b>
              <span className="quiet">@{me.handle}</span>
            </span>
          </p>
        )}
      </div>
    </nav>
  );
}

function subscribeOnline(listener: () => void) {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

function OfflineNote() {
  const online = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return (
    <div role="status">
      {!online && (
        <p className="offline">You are offline. What you write is sent when you are back.</p>
      )}
    </div>
  );
}

/** Messages that a reload has left unsent go out wherever one lands. */
function useUnsent() {
  const { account } = useSession();
  useEffect(() => {
    const waiting = readStored<unknown[]>(currentAccount() ?? '', 'outbox', []);
    if (account !== null && waiting.length > 0) void import('../messages/conversations');
  }, [account]);
}

/** A new account whose handle is not usable gets one first, wherever it goes. */
function Page() {
  const { data: me, error } = useMe();
  const said = HANDLE_CODES.find((one) => error?.status === 409 && error.has(one));
  // While the next attempt is under way there is no answer; the page stays until there is one.
  const [held, setHeld] = useState<HandleCode>();
  const code = said ?? (me || error ? undefined : held);
  if (code !== held) setHeld(code);
  if (code) return <HandlePage code={code} />;
  return (
    <Boundary>
      <Suspense fallback={<Skeleton />}>
        <Outlet />
      </Suspense>
    </Boundary>
  );
}

export function Layout() {
  const { expired } = useSession();
  const location = useLocation();
  useFreshMe();
  useScrollMemory();
  useUnsent();
  if (expired) return <Navigate to={signInPath(location)} replace />;
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        <OfflineNote />
        <Page />
      </main>
      <Toast />
    </div>
  );
}

/** The heading of a page; on a phone it stays at the top. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {children}
    </header>
  );
}

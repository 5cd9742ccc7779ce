/* The frame of the pages: navigation, a note while offline, toasts. */
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation } from 'react-router';

import { useFreshMe, useMe } from '../api/people';
import { HANDLE_CODES, type HandleCode, HandlePage } from '../auth/handle-page';
import { Avatar } from '../components/avatar';
import { Icon, type IconName, Logo } from '../components/icons';
import { Handle, Name } from '../components/person';
import { Skeleton } from '../components/skeleton';
import { Toast } from '../components/toast';
import { currentAccount, signOut, useSession } from '../session/session';
import { signInPathFrom } from '../session/sign-in-path';
import { readStored } from '../session/tab-storage';
import { Boundary } from './boundary';
import { useScrollMemory } from './scroll-memory';
import { ThemeSwitch } from './theme';

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
            <Item to="/messages" icon="mail" label="Messages" unread={me?.unread_messages ?? 0} />
            {me && <Item to={`/@${me.handle}`} icon="person" label="Profile" />}
          </>
        )}
      </div>
      <div className="nav-end">
        <ThemeSwitch />
        {account !== null ? (
          <button type="button" className="nav-item" onClick={() => void signOut()}>
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
              <b>
                <Name>{me.display_name}</Name>
              </b>
              <Handle>{me.handle}</Handle>
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
        <p className="offline">
          You’re offline. This tab will send messages when you reconnect, but not cruds or replies.
        </p>
      )}
    </div>
  );
}

/** Load the outbox if a reload left unsent messages, so that every page sends them. */
function useUnsentMessages() {
  const { account } = useSession();
  useEffect(() => {
    const unsent = readStored<unknown[]>(currentAccount() ?? '', 'outbox', []);
    if (account !== null && unsent.length > 0) void import('../messages/sending');
  }, [account]);
}

/** The page; instead of it the handle page, as long as the account has no usable handle. */
function Page() {
  const { data: me, error } = useMe();
  const refusal = HANDLE_CODES.find((code) => error?.status === 409 && error.has(code));
  // While the next attempt is pending there is neither `me` nor `error`: keep the handle page.
  const [lastRefusal, setLastRefusal] = useState<HandleCode>();
  const code = refusal ?? (me || error ? undefined : lastRefusal);
  if (code !== lastRefusal) setLastRefusal(code);
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
  useUnsentMessages();
  if (expired) return <Navigate to={signInPathFrom(location)} replace />;
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to main content
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

/* The frame of the pages: navigation, a note while offline, toasts. */
import { lazy, Suspense, useState } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation } from 'react-router';

import { useFreshMe, useMe } from '../api/people';
import { REFUSAL_CODES, type RefusalCode } from '../auth/refusal-codes';
import { useOnline } from '../base/online';
import { AccountMenu, OutboxNote } from '../components/for-members';
import { Icon, type IconName, Logo } from '../components/icons';
import { Skeleton } from '../components/skeleton';
import { Toasts } from '../components/toast';
import { useSession } from '../session/session';
import { signInPathFrom } from '../session/sign-in-path';
import { Boundary } from './boundary';
import { RouteFocus } from './route-focus';
import { useScrollMemory } from './scroll-memory';
import { ShortcutKeys } from './shortcut-keys';
import { ThemeSwitch } from './theme';

const RefusalPage = lazy(() => import('../auth/refusal-page'));

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
        {account !== null ? (
          <AccountMenu>
            <ThemeSwitch />
          </AccountMenu>
        ) : (
          <>
            <ThemeSwitch />
            <Link className="button primary" to="/signin">
              Sign in
            </Link>
            <Link className="button" to="/signup">
              Sign up
            </Link>
          </>
        )}
      </div>
    </nav>
  );
}

function OfflineNote() {
  return (
    <div role="status">
      {!useOnline() && <p className="offline">You’re offline. What you see may be old.</p>}
    </div>
  );
}

/** The page; instead of it the reason why the account is refused, as long as it is. */
function Page() {
  const { data: me, error } = useMe();
  const refusal = REFUSAL_CODES.find((code) => error?.has(code));
  // While the next attempt is pending there is neither `me` nor `error`: keep the reason.
  const [lastRefusal, setLastRefusal] = useState<RefusalCode>();
  const code = refusal ?? (me || error ? undefined : lastRefusal);
  if (code !== lastRefusal) setLastRefusal(code);
  return (
    <Boundary>
      <Suspense fallback={<Skeleton />}>{code ? <RefusalPage code={code} /> : <Outlet />}</Suspense>
    </Boundary>
  );
}

export function Layout() {
  const { account, expired } = useSession();
  const location = useLocation();
  useFreshMe();
  useScrollMemory();
  if (expired) return <Navigate to={signInPathFrom(location)} replace />;
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to main content
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        {account === null ? <OfflineNote /> : <OutboxNote />}
        <Page />
      </main>
      <Toasts />
      <RouteFocus />
      <ShortcutKeys />
    </div>
  );
}

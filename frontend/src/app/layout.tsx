/* The frame of the pages: navigation, a column beside them where there is room, a note while offline, toasts. */
import { t } from '@lingui/core/macro';
import { Suspense, useEffect, useState } from 'react';

import { useFreshMe, useMe } from '../api/people';
import type { Arrival } from '../auth/arrival';
import { REFUSAL_CODES, type RefusalCode } from '../auth/refusal-codes';
import { useOnline } from '../base/online';
import { Link, Navigate, NavLink, Outlet, useLocation } from '../base/router';
import { useIsWide } from '../base/wide';
import { AccountMenu, NewCrudButton, OutboxNote } from '../components/for-members';
import { Icon, type IconName, Logo } from '../components/icons';
import { page, part } from '../components/later';
import { Skeleton } from '../components/skeleton';
import { Toasts } from '../components/toast';
import { wasRevoked } from '../session/revoked';
import { useSession } from '../session/session';
import { signInPathFrom } from '../session/sign-in-path';
import { Boundary } from './boundary';
import { useCardClicks } from './card-clicks';
import { RouteFocus } from './route-focus';
import { useScrollMemory } from './scroll-memory';
import { ShortcutKeys } from './shortcut-keys';
import { ThemeSwitch } from './theme';
import { UpdatesLater } from './updates-later';

const Aside = part(() => import('./aside'));
const RefusalPage = page(() => import('../auth/refusal-page'));

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
      aria-label={unread > 0 ? t`${label}, ${unread} unread` : undefined}
      data-page={icon}
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
    <nav className="nav" aria-label={t`Main`}>
      <Link className="brand" to="/" aria-label={t`Cruddur, home`}>
        <Logo />
        <span>Cruddur</span>
      </Link>
      <div className="nav-items">
        <Item to="/" icon="home" label={t`Home`} />
        <Item to="/search" icon="search" label={t({ message: 'Search', context: 'noun' })} />
        {account !== null && (
          <>
            <Item
              to="/notifications"
              icon="bell"
              label={t`Notifications`}
              unread={me?.unread_notifications}
            />
            <Item
              to="/messages"
              icon="mail"
              label={t`Messages`}
              unread={me?.unread_messages ?? 0}
            />
            {me && <Item to={`/@${me.handle}`} icon="person" label={t`Profile`} />}
            <NewCrudButton />
          </>
        )}
      </div>
      <div className="nav-end">
        {account !== null ? (
          <AccountMenu />
        ) : (
          <>
            <ThemeSwitch />
            <Link className="button primary" to="/signin">
              {t`Sign in`}
            </Link>
            <Link className="button" to="/signup">
              {t`Sign up`}
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
      {!useOnline() && <p className="offline">{t`You’re offline. What you see may be old.`}</p>}
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

/** The code beside the page is loaded after that of the page. */
const ASIDE_AFTER_MS = 300;

/** Beside the page, where there is room; what it shows is neither loaded nor asked for elsewhere. */
function Beside() {
  const { account } = useSession();
  const { data: me } = useMe();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ASIDE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <aside className="aside" aria-label={t`More on Cruddur`}>
      {late && (account === null || me) && <Aside />}
    </aside>
  );
}

/** Why the sign-in page is shown: the browser keeps it with the address, also when the page is loaded again. */
const ENDED: Arrival = { note: 'ended' };
const REVOKED: Arrival = { note: 'revoked' };

export function Layout() {
  const { account, expired } = useSession();
  const location = useLocation();
  useFreshMe();
  useScrollMemory();
  useCardClicks();
  const wide = useIsWide();
  if (expired) return <Navigate to={signInPathFrom(location)} replace state={wasRevoked() ? REVOKED : ENDED} />;
  const inMessages = /^\/messages(\/|$)/.test(location.pathname);
  return (
    <div className="app" data-wide-page={inMessages || undefined}>
      <a className="skip" href="#main">
        {t`Skip to main content`}
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        {account === null ? <OfflineNote /> : <OutboxNote />}
        <Page />
      </main>
      {wide && !inMessages && <Beside />}
      <Toasts />
      <RouteFocus />
      <ShortcutKeys />
      <UpdatesLater />
    </div>
  );
}

/* Pages that are seldom opened: the code of the first page names only this one. */
import { lazy } from 'react';

const PAGES = {
  bookmarks: lazy(() => import('../pages/bookmarks')),
  confirm: lazy(() => import('../auth/confirm-page')),
  following: lazy(() => import('../pages/following')),
  forgot: lazy(() => import('../auth/forgot-page')),
  moderation: lazy(() => import('../pages/moderation')),
  people: lazy(() => import('../pages/people')),
  settings: lazy(() => import('../pages/settings')),
  signUp: lazy(() => import('../auth/sign-up-page')),
  welcome: lazy(() => import('../pages/welcome')),
};

export default function FurtherPage({ name }: { name: keyof typeof PAGES }) {
  const Page = PAGES[name];
  return <Page />;
}

/* Pages that are seldom opened: the code of the first page names only this one. */
import { page } from '../components/later';

const PAGES = {
  bookmarks: page(() => import('../pages/bookmarks')),
  confirm: page(() => import('../auth/confirm-page')),
  following: page(() => import('../pages/following')),
  forgot: page(() => import('../auth/forgot-page')),
  moderation: page(() => import('../pages/moderation')),
  people: page(() => import('../pages/people')),
  settings: page(() => import('../pages/settings')),
  signUp: page(() => import('../auth/sign-up-page')),
  welcome: page(() => import('../pages/welcome')),
};

export default function FurtherPage({ name }: { name: keyof typeof PAGES }) {
  const Page = PAGES[name];
  return <Page />;
}

/* The pages and links of an address. Clicks are tested in tests/browser/areas/links.mjs. */
import { createElement as h, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';

import {
  Link,
  NavLink,
  Outlet,
  Route,
  RouterContext,
  Routes,
  useLocation,
  useMatch,
  useNavigationType,
  useOutletContext,
  useParams,
  useSearchParams,
} from './router';

function at(address: string, children: ReactNode, state: unknown = null) {
  const { pathname, search, hash } = new URL(address, 'https://cruddur.example');
  const location = { pathname, search, hash, state, key: 'k' };
  const visit = { location, type: 'PUSH' as const, preventScrollReset: false };
  const value = { visit, navigate: () => Promise.resolve() };
  return renderToStaticMarkup(h(RouterContext, { value }, children));
}

const Frame = () => h('main', {}, h(Outlet, { context: 'of the frame' }));
const Between = () => h(Outlet, { context: 'of what is between' });
const Page = () => `${useOutletContext<string>()} ${JSON.stringify(useParams())}`;
const List = () => h('div', {}, 'list ', h(Outlet));

const PAGES = h(
  Routes,
  null,
  h(Route, { path: '/signin', element: 'sign in' }),
  h(
    Route,
    { element: h(Frame) },
    h(Route, { path: '/', element: h(Page) }),
    h(
      Route,
      { element: h(Between) },
      h(
        Route,
        { path: '/messages', element: h(List) },
        h(Route, { path: ':group', element: h(Page) }),
      ),
      h(Route, { path: '/people/:list', element: h(Page) }),
    ),
    h(Route, { path: '*', element: 'not found' }),
  ),
);

test.each([
  ['/signin', 'sign in'],
  ['/', '<main>of the frame {}</main>'],
  ['/people/m%C3%BCted', '<main>of what is between {&quot;list&quot;:&quot;müted&quot;}</main>'],
  ['/messages', '<main><div>list </div></main>'],
  ['/messages/7', '<main><div>list  {&quot;group&quot;:&quot;7&quot;}</div></main>'],
  ['/no/such/page', '<main>not found</main>'],
])('%s shows its page inside of its parents', (address, html) => {
  expect(at(address, PAGES).replace('undefined', '')).toBe(html);
});

test('nothing is shown where no route matches', () => {
  expect(at('/b', h(Routes, null, h(Route, { path: '/a', element: 'a' })))).toBe('');
});

test('hooks tell the address, its state and how the page came there', () => {
  const Told = () => {
    const { pathname, search, hash, state, key } = useLocation();
    const [parameters] = useSearchParams();
    return JSON.stringify([
      ...[pathname, search, hash, state, key],
      ...[parameters.get('term'), useNavigationType(), useMatch('/:at') !== null, useMatch('/') !== null],
    ]);
  };
  const html = at('/search?term=%23a%20b#c', h(Told), { email: 'x' });
  expect(JSON.parse(html.replaceAll('&quot;', '"'))).toEqual([
    ...['/search', '?term=%23a%20b', '#c', { email: 'x' }, 'k'],
    ...['#a b', 'PUSH', true, false],
  ]);
});

test('without a router the error says so', () => {
  expect(() => renderToStaticMarkup(h(Link, { to: '/' }))).toThrow('There is no router');
});

test('a link is a real link', () => {
  const link = h(Link, { to: '/@andrew', className: 'who', replace: true, state: {}, target: '_top' }, 'A');
  expect(at('/', link)).toBe('<a class="who" target="_top" href="/@andrew">A</a>');
});

test('a link of the navigation says whether it is the one of the page', () => {
  const link = (props: { end?: boolean; className?: string } = {}) =>
    h(NavLink, { to: '/messages', ...props }, 'M');
  const active = '<a class="active" aria-current="page" href="/messages">M</a>';
  const other = '<a href="/messages">M</a>';
  expect(at('/messages', link())).toBe(active);
  expect(at('/messages/7', link())).toBe(active);
  expect(at('/messages/7', link({ end: true }))).toBe(other);
  expect(at('/search', link())).toBe(other);
  expect(at('/messages', link({ className: 'item' }))).toContain('class="item active"');
  expect(at('/search', link({ className: 'item' }))).toContain('class="item"');
});

import { describe, expect, test } from 'vitest';

import { type Branch, find, isCurrent, isOurs, match } from './paths';

describe('match', () => {
  test('gives the parameters of a whole path', () => {
    expect(match('/:at/status/:uuid', '/@andrew/status/1')).toEqual({ at: '@andrew', uuid: '1' });
    expect(match('/:at', '/@andrew/status/1')).toBeNull();
    expect(match('/search', '/searching')).toBeNull();
    expect(match('*', '/a/b/c')).not.toBeNull();
  });

  test('lets an optional part be missing', () => {
    expect(match('/moderation/:state?', '/moderation')).toEqual({});
    expect(match('/moderation/:state?', '/moderation/resolved')).toEqual({ state: 'resolved' });
    expect(match('/moderation/:state?', '/moderation/a/b')).toBeNull();
  });

  test('ignores case and a slash at the end, but not in parameters', () => {
    expect(match('/signin', '/SignIn/')).toEqual({});
    expect(match('/people/:list', '/PEOPLE/Muted')).toEqual({ list: 'Muted' });
  });

  test.each([
    ['/%40andrew', '@andrew'],
    ['/%E4%BD%A0%E5%A5%BD', '你好'],
    ['/a%2Fb', 'a/b'],
    ['/100%25', '100%'],
    ['/%252F', '%2F'],
    ['/%E0%A4%A', '%E0%A4%A'],
    ['/100%', '100%'],
  ])('decodes the parameter of %s once', (pathname, at) => {
    expect(match('/:at', pathname)).toEqual({ at });
  });

  test('takes encoded letters of a fixed part for the letters', () => {
    expect(match('/messages', '/%6Dessage%73')).toEqual({});
    expect(match('/a/b', '/a%2Fb')).toBeNull();
  });
});

describe('find', () => {
  interface Named extends Branch {
    name: string;
    children: Named[];
  }
  const route = (name: string, path: string | undefined, children: Named[] = []): Named => ({
    name,
    path,
    children,
  });
  const routes = [
    route('sign in', '/signin'),
    route('layout', undefined, [
      route('home', '/'),
      route('members', undefined, [
        route('messages', '/messages', [route('new', 'new/:handle'), route('thread', ':group')]),
      ]),
      route('person', '/:at'),
      route('list', '/:at/:list'),
      route('not found', '*'),
    ]),
  ];
  const names = (pathname: string) => find(routes, pathname)?.chain.map(({ name }) => name);

  test('gives the route and its parents', () => {
    expect(names('/signin')).toEqual(['sign in']);
    expect(names('/')).toEqual(['layout', 'home']);
    expect(names('/messages')).toEqual(['layout', 'members', 'messages']);
    expect(names('/messages/7')).toEqual(['layout', 'members', 'messages', 'thread']);
    expect(names('/messages/new/andrew')).toEqual(['layout', 'members', 'messages', 'new']);
  });

  test('takes the first of several, and the last for unknown paths', () => {
    expect(names('/@andrew')).toEqual(['layout', 'person']);
    expect(names('/@andrew/followers')).toEqual(['layout', 'list']);
    expect(names('/messages/a/b/c')).toEqual(['layout', 'not found']);
    expect(find([route('one', '/one')], '/two')).toBeNull();
  });

  test('gives the parameters of the route that was found', () => {
    expect(find(routes, '/messages/new/b%C3%A4r')?.params).toEqual({ handle: 'bär' });
    expect(find(routes, '/messages')?.params).toEqual({});
  });
});

test('a link is current on its page and, without `end`, on those below', () => {
  expect(isCurrent('/messages', '/messages', true)).toBe(true);
  expect(isCurrent('/messages', '/messages/7', false)).toBe(true);
  expect(isCurrent('/messages', '/messages/7', true)).toBe(false);
  expect(isCurrent('/messages', '/messages-of-old', false)).toBe(false);
  expect(isCurrent('/@Andrew', '/@andrew', false)).toBe(true);
  expect(isCurrent('/', '/search', true)).toBe(false);
  expect(isCurrent('/', '/search', false)).toBe(true);
});

describe('a click on a link', () => {
  const plain = { button: 0, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false };
  const origin = 'https://cruddur.example';
  const link = (target = '', attributes: string[] = [], from = origin) => ({
    target,
    origin: from,
    hasAttribute: (name: string) => attributes.includes(name),
  });

  test('shows the page here', () => {
    expect(isOurs(plain, link(), origin)).toBe(true);
    expect(isOurs(plain, link('_self'), origin)).toBe(true);
  });

  test.each(['metaKey', 'ctrlKey', 'shiftKey', 'altKey'])('with %s is left to the browser', (key) => {
    expect(isOurs({ ...plain, [key]: true }, link(), origin)).toBe(false);
  });

  test('with another button, a target, a download or another site is left to the browser', () => {
    expect(isOurs({ ...plain, button: 1 }, link(), origin)).toBe(false);
    expect(isOurs(plain, link('_blank'), origin)).toBe(false);
    expect(isOurs(plain, link('', ['download']), origin)).toBe(false);
    expect(isOurs(plain, link('', [], 'https://elsewhere.example'), origin)).toBe(false);
  });
});

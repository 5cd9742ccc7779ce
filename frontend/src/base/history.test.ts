import { beforeEach, describe, expect, test, vi } from 'vitest';

// A history of one tab, of what History and Location have only what the module uses.
function browser(href: string, state: unknown = null) {
  const entries = [{ url: new URL(href), state }];
  let at = 0;
  const assigned: string[] = [];
  const change = (index: number, next: unknown, url?: string) => {
    const current = entries[at]?.url ?? new URL(href);
    entries.length = index;
    entries[index] = { url: url === undefined ? current : new URL(url), state: structuredClone(next) };
    at = index;
  };
  const here = () => entries[at] ?? { url: new URL(href), state: null };
  const location = {
    get href() {
      return here().url.href;
    },
    get pathname() {
      return here().url.pathname;
    },
    get search() {
      return here().url.search;
    },
    get hash() {
      return here().url.hash;
    },
    assign: (url: string) => assigned.push(url),
  };
  const history = {
    get state() {
      return here().state;
    },
    pushState: (next: unknown, _: string, url: string) => change(at + 1, next, url),
    replaceState: (next: unknown, _: string, url?: string) => change(at, next, url),
  };
  vi.stubGlobal('window', { location, history });
  return {
    assigned,
    entries,
    move: (by: number) => (at += by),
    follow: (url: string) => change(at + 1, null, url),
    history,
  };
}

const START = 'https://cruddur.example/search?term=a';

beforeEach(() => vi.resetModules());

const load = () => import('./history');

describe('the first entry', () => {
  test('has number 0 and no page before it', async () => {
    browser(START);
    const { firstVisit, hasPageBefore } = await load();
    expect(firstVisit()).toEqual({
      location: { pathname: '/search', search: '?term=a', hash: '', state: null, key: 'default' },
      type: 'POP',
      preventScrollReset: false,
    });
    expect(hasPageBefore()).toBe(false);
  });

  test('is what it was before the page was loaded again', async () => {
    browser(START, { key: 'k1', idx: 3, usr: { email: 'a@b.example' } });
    const { firstVisit, hasPageBefore } = await load();
    const { location } = firstVisit();
    expect(location.key).toBe('k1');
    expect(location.state).toEqual({ email: 'a@b.example' });
    expect(hasPageBefore()).toBe(true);
  });
});

describe('go', () => {
  test('adds an entry with its state', async () => {
    const { entries } = browser(START);
    const { firstVisit, go, hasPageBefore } = await load();
    firstVisit();
    const { location, type } = go('/@andrew?kind=replies#x', { state: { note: 'n' } });
    expect(location).toMatchObject({ pathname: '/@andrew', search: '?kind=replies', hash: '#x' });
    expect(location.state).toEqual({ note: 'n' });
    expect(type).toBe('PUSH');
    expect(entries.length).toBe(2);
    expect(hasPageBefore()).toBe(true);
  });

  test('replaces the entry when it is told to, and for the same address', async () => {
    const { entries } = browser(START);
    const { firstVisit, go, hasPageBefore } = await load();
    firstVisit();
    const first = go('/search?term=b', { replace: true });
    const second = go('/search?term=b', {});
    expect([first.type, second.type]).toEqual(['REPLACE', 'REPLACE']);
    expect(second.location.key).not.toBe(first.location.key);
    expect(entries.length).toBe(1);
    expect(hasPageBefore()).toBe(false);
  });

  test('encodes the path as the browser does', async () => {
    browser(START);
    const { go } = await load();
    expect(go('/@bär', {}).location.pathname).toBe('/@b%C3%A4r');
  });

  test('loads the page where the browser takes no more entries', async () => {
    const { assigned, history } = browser(START);
    const { go } = await load();
    history.pushState = () => {
      throw new DOMException('too many', 'SecurityError');
    };
    go('/messages', {});
    expect(assigned).toEqual(['https://cruddur.example/messages']);
  });
});

describe('nextVisit', () => {
  test('goes back to an entry, its key and its number', async () => {
    const { move } = browser(START);
    const { firstVisit, go, nextVisit, hasPageBefore } = await load();
    firstVisit();
    const { key } = go('/messages', {}).location;
    go('/messages/7', {});
    move(-1);
    expect(nextVisit()).toMatchObject({ type: 'POP', location: { pathname: '/messages', key } });
    expect(hasPageBefore()).toBe(true);
    move(-1);
    nextVisit();
    expect(hasPageBefore()).toBe(false);
  });

  test('gives an entry that the browser made for a part of the page the next number', async () => {
    const { follow } = browser(START);
    const { firstVisit, nextVisit, hasPageBefore } = await load();
    firstVisit();
    follow(`${START}#main`);
    const { type, location } = nextVisit();
    expect(type).toBe('PUSH');
    expect(location.hash).toBe('#main');
    expect(location.key).not.toBe('default');
    expect(hasPageBefore()).toBe(true);
  });
});

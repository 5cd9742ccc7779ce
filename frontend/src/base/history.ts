/*
 * The entries of the browser's history. The state of each has what the router needs to know about it:
 *
 *   { key: "k3v9x2", idx: 4, usr: … }     usr: the page's own, from navigate()
 *
 * The names are those that earlier versions wrote, so the history of an open tab outlives an update.
 */
export type NavigationType = 'POP' | 'PUSH' | 'REPLACE';

export interface Location {
  pathname: string;
  search: string;
  hash: string;
  /** The value that the page gave to navigate(). */
  state: unknown;
  /** Another one for each entry. */
  key: string;
}

/** Where the page is, and how it came there. */
export interface Visit {
  location: Location;
  type: NavigationType;
  /** The reader stays at the same height of the page. */
  preventScrollReset: boolean;
}

export interface NavigateOptions {
  /** Take the place of the current entry. An address that is the current one always does. */
  replace?: boolean | undefined;
  state?: unknown;
  preventScrollReset?: boolean | undefined;
}

interface Entry {
  key?: string;
  idx?: number;
  usr?: unknown;
}

/** Number of the entry that is shown; the first one of this site in the tab is 0. */
let shown = 0;

const entry = () => (window.history.state ?? {}) as Entry;
const newKey = () => Math.random().toString(36).slice(2, 10);

function visit(type: NavigationType, preventScrollReset = false): Visit {
  const { pathname, search, hash } = window.location;
  const { key = 'default', idx = 0, usr = null } = entry();
  shown = idx;
  return { location: { pathname, search, hash, state: usr, key }, type, preventScrollReset };
}

/** The entry with which the page is loaded: the first one, or one from before a reload. */
export function firstVisit(): Visit {
  if (entry().idx === undefined) window.history.replaceState({ ...entry(), idx: 0 }, '');
  return visit('POP');
}

/** The browser has gone back or forward, or has made an entry for a link to a part of the page. */
export function nextVisit(): Visit {
  if (entry().idx !== undefined) return visit('POP');
  window.history.replaceState({ key: newKey(), idx: shown + 1 }, '');
  return visit('PUSH');
}

/** Whether going back leads to a page of this site. */
export const hasPageBefore = () => shown > 0;

export function go(to: string, { replace, state, preventScrollReset }: NavigateOptions): Visit {
  const { href } = new URL(to, window.location.href);
  const instead = replace || href === window.location.href;
  const next: Entry = { key: newKey(), idx: instead ? shown : shown + 1, usr: state };
  try {
    window.history[instead ? 'replaceState' : 'pushState'](next, '', href);
  } catch {
    // Too many entries in a short time (WebKit), or another site.
    window.location.assign(href);
  }
  return visit(instead ? 'REPLACE' : 'PUSH', preventScrollReset);
}

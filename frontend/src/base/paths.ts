/*
 * Paths and addresses for the router (router.tsx), without a browser. Patterns are those of regexparam:
 * "/:at/status/:uuid", "/moderation/:state?", "*".
 */
import { parse } from 'regexparam';

export type Params = Record<string, string>;

interface Pattern {
  keys: string[];
  pattern: RegExp;
}

const patterns = new Map<string, Pattern>();

function patternOf(path: string): Pattern {
  const known = patterns.get(path) ?? parse(path);
  patterns.set(path, known);
  return known;
}

/** Letters, digits, "-", ".", "_", "~": encoded, they mean the same (RFC 3986, 2.3). */
const plain = (pathname: string) =>
  pathname.replace(/%[2-7][\dA-F]/gi, (code) => {
    const character = decodeURIComponent(code);
    return /[\w.~-]/.test(character) ? character : code;
  });

/** A part of a path; as it is where its encoding is broken. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The decoded parameters of a path, null where it does not match. An encoded slash belongs to its
 * parameter. Case does not matter outside of parameters, nor does a slash at the end.
 */
export function match(pattern: string, pathname: string): Params | null {
  const { keys, pattern: expression } = patternOf(pattern);
  const found = expression.exec(plain(pathname));
  if (!found) return null;
  const params: Params = {};
  keys.forEach((key, index) => {
    const part = found[index + 1];
    if (part !== undefined) params[key] = decoded(part);
  });
  return params;
}

/** A route; one without a path belongs to its parent's. */
export interface Branch {
  path?: string | undefined;
  children: Branch[];
}

/** The path of a child: its own if it begins with a slash, else behind its parent's. */
export const joined = (parent: string, path: string | undefined) =>
  path === undefined || path.startsWith('/') ? (path ?? parent) : `${parent.replace(/\/$/, '')}/${path}`;

/**
 * The first route whose path matches, in the order in which they are written, below its parents; null
 * without any. A route with a path matches also without its children.
 */
export function find<Route extends Branch>(
  routes: Route[],
  pathname: string,
  parent = '/',
): { chain: Route[]; params: Params } | null {
  for (const route of routes) {
    const path = joined(parent, route.path);
    const below = find(route.children as Route[], pathname, path);
    if (below) return { ...below, chain: [route, ...below.chain] };
    const params = route.path === undefined ? null : match(path, pathname);
    if (params) return { chain: [route], params };
  }
  return null;
}

/** Whether a link to `to` is the one of the current page: of its path or, without `end`, of one below. */
export function isCurrent(to: string, pathname: string, end: boolean): boolean {
  const link = to.toLowerCase();
  const here = pathname.toLowerCase();
  return here === link || (!end && here.startsWith(link.endsWith('/') ? link : `${link}/`));
}

export interface Click {
  button: number;
  metaKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/**
 * Whether the router follows a link itself. The browser does it for another tab or window (a modified
 * click, another button, a target), a download, and another site.
 */
export const isOurs = (
  { button, metaKey, ctrlKey, shiftKey, altKey }: Click,
  link: { target: string; origin: string; hasAttribute: (name: string) => boolean },
  origin: string,
) =>
  button === 0 &&
  !(metaKey || ctrlKey || shiftKey || altKey) &&
  /^(_self)?$/i.test(link.target) &&
  link.origin === origin &&
  !link.hasAttribute('download');

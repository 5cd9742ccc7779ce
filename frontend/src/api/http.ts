/* Requests to the API: access tokens, problem documents (RFC 9457), pages (RFC 8288). */
import { observeDate } from '../base/now';
import { config, takeEarly } from '../session/config';
import { accessToken, currentAccount, endSession, hasSession } from '../session/session';
import { Problem } from './problem';

export interface Page<T> {
  value: T;
  /** Path of the next page; null at the end. */
  next: string | null;
  /** Path of the page before this one; null at the beginning, and where pages have no way back. */
  previous: string | null;
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** Idempotency-Key. */
  key?: string;
  /** Only for this account: another tab may have signed in as somebody else. */
  account?: string;
  signal?: AbortSignal;
  /** The answer goes on without an end: only the signal ends it. */
  endless?: boolean;
}

const TIMEOUT_MS = 20_000;

async function send(path: string, options: Options, token: string | null): Promise<Response> {
  const { apiUrl } = await config();
  const headers: Record<string, string> = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.key) headers['Idempotency-Key'] = options.key;
  const signals = options.endless ? [] : [AbortSignal.timeout(TIMEOUT_MS)];
  if (options.signal) signals.push(options.signal);
  // Of a visitor.
  const early = token ? undefined : await takeEarly(path);
  const response =
    early ??
    (await fetch(new URL(path, new URL(apiUrl, window.location.origin)), {
      method: options.method ?? 'GET',
      headers,
      body: JSON.stringify(options.body), // undefined stays undefined
      signal: AbortSignal.any(signals),
    }));
  observeDate(response.headers.get('Date'));
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  // Without a problem document a proxy has answered, and the status is all that is known.
  const body = (await response.json().catch(() => null)) as { errors?: string[]; detail?: string } | null;
  const retryAfterMs = Number(response.headers.get('Retry-After')) * 1000;
  return new Problem(response.status, body?.errors ?? [], retryAfterMs, body?.detail ?? response.statusText);
}

/** Send with the session's token, once more with a fresh token after a 401. Throws a Problem. */
export async function fetchOk(path: string, options: Options): Promise<Response> {
  let response: Response;
  try {
    let token = hasSession() ? await accessToken() : null;
    if (options.account && options.account !== currentAccount())
      throw new Problem(401, [], 0, 'The session has ended.');
    response = await send(path, options, token);
    if (response.status === 401 && token) {
      // The token may have been revoked, or this computer's clock may be wrong.
      token = await accessToken(token);
      if (token) response = await send(path, options, token);
    }
  } catch (error) {
    if (options.signal?.aborted || error instanceof Problem) throw error;
    throw new Problem(0, [], 0, 'The server cannot be reached.');
  }
  if (response.ok) return response;
  if (response.status === 401) endSession();
  throw await problemOf(response);
}

export function linkOf(response: Response, relation: 'next' | 'prev'): string | null {
  const links = response.headers.get('Link') ?? '';
  return new RegExp(`<([^>]+)>; *rel="${relation}"`).exec(links)?.[1] ?? null;
}

async function bodyOf<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Problem(0, [], 0, 'The response was cut short.');
  }
}

export async function fetchJson<T>(path: string, options: Options = {}): Promise<T> {
  return bodyOf<T>(await fetchOk(path, options));
}

export async function fetchPage<T>(path: string, signal?: AbortSignal): Promise<Page<T>> {
  const response = await fetchOk(path, signal ? { signal } : {});
  return {
    value: await bodyOf<T>(response),
    next: linkOf(response, 'next'),
    previous: linkOf(response, 'prev'),
  };
}

/** For requests that are answered without a body (204). */
export const fetchNoContent = fetchOk as (path: string, options: Options) => Promise<unknown>;

/* Asks the API: tokens, problems (RFC 9457), pages (RFC 8288). */
import { config } from '../config';
import { accessToken, endSession, hasSession } from '../auth/session';
import { Problem } from './problem';

export interface Page<T> {
  value: T;
  /** Path of the next page; null at the end. */
  next: string | null;
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  key?: string;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 20_000;

async function send(path: string, options: Options, token: string | null): Promise<Response> {
  const { apiUrl } = await config();
  const headers: Record<string, string> = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.key) headers['Idempotency-Key'] = options.key;
  const signals = [AbortSignal.timeout(TIMEOUT_MS)];
  if (options.signal) signals.push(options.signal);
  return fetch(new URL(path, new URL(apiUrl, window.location.origin)), {
    method: options.method ?? 'GET',
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: AbortSignal.any(signals),
  });
}

async function problemOf(response: Response): Promise<Problem> {
  let codes: string[] = [];
  let detail = response.statusText;
  try {
    const body = (await response.json()) as { errors?: string[]; detail?: string };
    codes = body.errors ?? [];
    detail = body.detail ?? detail;
  } catch {
    // Something between us and the server answered; the status is all there is.
  }
  const seconds = Number(response.headers.get('Retry-After') ?? 0);
  return new Problem(response.status, codes, seconds * 1000, detail);
}

async function answer(path: string, options: Options): Promise<Response> {
  let response: Response;
  try {
    let token = hasSession() ? await accessToken() : null;
    response = await send(path, options, token);
    if (response.status === 401 && token) {
      // It may have been revoked or the clock may be wrong: one fresh token, then it is over.
      token = await accessToken({ fresh: true });
      if (token) response = await send(path, options, token);
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, [], 0, 'There is no connection to the server.');
  }
  if (response.ok) return response;
  if (response.status === 401) endSession();
  throw await problemOf(response);
}

function nextOf(response: Response): string | null {
  const match = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '');
  return match?.[1] ?? null;
}

async function bodyOf<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Problem(0, [], 0, 'The answer was cut short.');
  }
}

export async function ask<T>(path: string, options: Options = {}): Promise<T> {
  return bodyOf<T>(await answer(path, options));
}

export async function askPage<T>(path: string, signal?: AbortSignal): Promise<Page<T>> {
  const response = await answer(path, signal ? { signal } : {});
  return { value: await bodyOf<T>(response), next: nextOf(response) };
}

/** For what answers without a body. */
export async function tell(path: string, options: Options): Promise<void> {
  await answer(path, options);
}

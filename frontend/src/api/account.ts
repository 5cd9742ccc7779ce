/* The whole account of a person: an export of it, and its deletion. */
import { fetchNoContent, fetchOk, linkOf } from './http';

/** The export is not ready; `afterMs`: ask again then. */
export interface Waiting {
  afterMs: number;
}

const WAIT_MS = 30_000;

/**
 * The export, in one piece; the first request of a day starts it. Its parts are kept as the browser got
 * them, so a large export need not fit into the memory of the page.
 */
export async function fetchExport(signal: AbortSignal): Promise<Blob | Waiting> {
  const parts: Blob[] = [];
  for (let path: string | null = '/api/users/me/export'; path !== null; ) {
    const response: Response = await fetchOk(path, { signal });
    if (response.status === 202)
      return { afterMs: Number(response.headers.get('Retry-After')) * 1000 || WAIT_MS };
    parts.push(await response.blob());
    path = linkOf(response, 'next');
  }
  return new Blob(parts, { type: 'application/jsonl' });
}

/** Only soon after signing in: 403 `sign_in_again`. */
export const deleteAccount = () => fetchNoContent('/api/users/me', { method: 'DELETE' });

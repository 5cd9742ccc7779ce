/*
 * Whether a person is signed in. The auth library is large and loaded on first use, so this module
 * reads only the key in localStorage where the library keeps the account that signed in last.
 */
import { useSyncExternalStore } from 'react';

import { config } from './config';
import { clearStored } from './tab-storage';

const LAST_USER_KEY = /^CognitoIdentityServiceProvider\..+\.LastAuthUser$/;

interface Session {
  /** Name of the account; null if nobody is signed in. */
  account: string | null;
  /** It ended without a sign-out: the layout then leads to the sign-in page and back. */
  expired: boolean;
}

function readAccount(): string | null {
  for (let i = 0; i < localStorage.length; i++) {
    const key = localStorage.key(i);
    if (key && LAST_USER_KEY.test(key)) return localStorage.getItem(key);
  }
  return null;
}

let session: Session = { account: readAccount(), expired: false };
const listeners = new Set<() => void>();

function change(next: Session) {
  if (next.account === session.account && next.expired === session.expired) return;
  session = next;
  for (const listener of listeners) listener();
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Another tab has signed in or out.
window.addEventListener('storage', () => change({ account: readAccount(), expired: false }));

export const currentAccount = () => session.account;
export const hasSession = () => session.account !== null;
export const useSession = () => useSyncExternalStore(onSession, () => session);

export async function cognito() {
  const [module, settings] = await Promise.all([import('./cognito'), config()]);
  module.configure(settings);
  return module;
}

/** The access token, refreshed if it has expired; null if the session has ended. */
export async function accessToken({ fresh = false } = {}): Promise<string | null> {
  const { readToken } = await cognito();
  let token: string | null = null;
  try {
    token = await readToken(fresh);
  } catch (error) {
    // The library keeps the account if only the network failed: the session has not ended.
    if (readAccount() !== null) throw error;
  }
  if (token === null) endSession();
  return token;
}

/** The library has signed in. */
export function startSession() {
  change({ account: readAccount(), expired: false });
}

/** The session ended without a sign-out. Drafts and unsent messages stay for the next sign-in. */
export function endSession() {
  change({ account: null, expired: true });
  void cognito().then(({ forget }) => forget());
}

/** Sign out and load a new page, which clears everything that this one has in memory. */
export async function signOut() {
  clearStored();
  const { forget } = await cognito();
  await forget();
  window.location.assign('/');
}

/** The sign-in page has been opened after the session ended. */
export function acknowledgeExpiry() {
  change({ ...session, expired: false });
}

/*
 * Whether somebody is signed in. The auth library keeps the tokens and is loaded when it is needed:
 * here only its mark is looked at, the name of who signed in last.
 */
import { useSyncExternalStore } from 'react';

import { config } from '../config';
import { forgetStored } from '../stored';

const MARK = /^CognitoIdentityServiceProvider\..+\.LastAuthUser$/;

interface Session {
  /** Name of the account; null when nobody is signed in. */
  account: string | null;
  /** It ended by itself, so that signing in leads back. */
  expired: boolean;
}

function readAccount(): string | null {
  for (let i = 0; i < localStorage.length; i++) {
    const key = localStorage.key(i);
    if (key && MARK.test(key)) return localStorage.getItem(key);
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

/** The access token, refreshed when it has expired; null when the session is over. */
export async function accessToken({ fresh = false } = {}): Promise<string | null> {
  const { readToken } = await cognito();
  let token: string | null = null;
  try {
    token = await readToken(fresh);
  } catch (error) {
    // The library keeps the tokens when only the network failed.
    if (readAccount() !== null) throw error;
  }
  if (token === null) endSession();
  return token;
}

export function sessionBegan() {
  change({ account: readAccount(), expired: false });
}

/** It is over, without anybody having wanted it; what was written stays for whoever comes back. */
export function endSession() {
  change({ account: null, expired: true });
  void cognito().then(({ forget }) => forget());
}

/** Sign out. A new page begins, so that nothing of this one stays in memory. */
export async function leaveSession() {
  forgetStored();
  const { forget } = await cognito();
  await forget();
  window.location.assign('/');
}

/** The way to sign-in has been taken. */
export function expiryNoticed() {
  change({ ...session, expired: false });
}

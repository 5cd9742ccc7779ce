/* Whether a person is signed in, and their access token. */
import { useSyncExternalStore } from 'react';

import { config } from './config';
import { local } from './local';

/** Where the account is remembered as it was at the last visit. */
export const ME_KEY = 'cruddur:me';

const LAST_USER_KEY = /^CognitoIdentityServiceProvider\..+\.LastAuthUser$/;

interface Session {
  /** Name of the account; null if nobody is signed in. */
  account: string | null;
  /** It ended without a sign-out: the layout then leads to the sign-in page and back. */
  expired: boolean;
}

/** The auth library keeps the account that signed in last under this name. */
function readAccount(): string | null {
  const key = local.keys().find((name) => LAST_USER_KEY.test(name));
  return key === undefined ? null : local.get(key);
}

let session: Session = { account: readAccount(), expired: false };
const listeners = new Set<() => void>();
/** The person signs out here: the page stays as it is until the next one is loaded. */
let leaving = false;

function change(next: Session) {
  if (leaving) return;
  if (next.account === session.account && next.expired === session.expired) return;
  session = next;
  for (const listener of listeners) listener();
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Another tab has signed in or out.
window.addEventListener('storage', () => {
  const account = readAccount();
  // After an expiry the account is null here, too.
  if (account !== session.account) change({ account, expired: false });
});

export const currentAccount = () => session.account;
export const hasSession = () => session.account !== null;
export const useSession = () => useSyncExternalStore(onSession, () => session);

/** Only signed-in people need them. */
export const loadTokens = () => import('./tokens');
export const loadDevice = () => import('./device');

/** The auth library: for the pages that sign in and up. */
export async function cognito() {
  const [module, settings] = await Promise.all([import('./cognito'), config()]);
  module.configure(settings);
  return module;
}

/**
 * The access token, refreshed if it has expired or is the one that the server `refused`; null if the
 * session has ended.
 */
export async function accessToken(refused?: string): Promise<string | null> {
  const { account } = session;
  if (account === null) return null;
  const { readToken } = await loadTokens();
  const token = await readToken(account, refused);
  // Not again for a request that was under way when the session ended.
  if (token === null && session.account === account) {
    // Another tab has signed out, or signed in as somebody else: its storage event is on the way.
    if (readAccount() === account) endSession();
    else change({ account: readAccount(), expired: false });
  }
  return token;
}

/** Change the handle of the account; the access token is then one that has it. */
export async function changeHandle(handle: string): Promise<void> {
  const module = await loadTokens();
  await module.changeHandle(session.account ?? '', handle);
  await accessToken((await accessToken()) ?? undefined);
}

/** The auth library has signed in. */
export async function startSession() {
  const { openDevice } = await loadDevice();
  await openDevice();
  change({ account: readAccount(), expired: false });
}

/** The session ended without a sign-out. Unsent texts stay for the next sign-in. */
export function endSession() {
  change({ account: null, expired: true });
  void loadTokens().then(({ forgetTokens }) => forgetTokens());
}

/** The data of an account may be kept on the device: it is the one of this page, and stays. */
export const mayKeep = (account: string | null) =>
  account !== null && account === session.account && !leaving;

/**
 * Sign out, delete everything of the account from this device, and load a new page, which clears what
 * this one has in memory.
 * @param end - Ends the account, or its sessions, first. The stream may say so before the answer does: then
 * there is no account any more, but its data.
 */
export async function signOut(end?: () => Promise<unknown>) {
  const { account } = session;
  await end?.();
  leaving = true;
  if (account !== null) {
    const [{ revokeTokens }, { forgetAccount }] = await Promise.all([loadTokens(), loadDevice()]);
    local.remove(ME_KEY);
    await Promise.all([forgetAccount(account), revokeTokens(account)]);
    // A request of another tab may have written it again.
    local.remove(ME_KEY);
  }
  window.location.assign('/');
}

/** The sign-in page has been opened after the session ended. */
export function acknowledgeExpiry() {
  change({ ...session, expired: false });
}

/*
 * Whether the first-run page is to be shown. An account gets it once: after the first sign-in in the
 * browser that has confirmed its email.
 */
import { local } from './local';

/** The email of an account that was confirmed here and has not signed in yet. */
const EXPECTED = 'cruddur:first';
/** NEXT, or the account that sees the page. */
const SHOWN = 'cruddur:welcome';
const NEXT = 'next';

/** The email has been confirmed. */
export const expectFirstSignIn = (email: string) => local.set(EXPECTED, email.toLowerCase());

/** The account signs in for the first time: call this before the session begins. */
export const beginFirstSession = () => local.set(SHOWN, NEXT);

/** The same, if the email is that of an account that was confirmed here. */
export function beginIfFirst(email: string) {
  if (local.get(EXPECTED) !== email.toLowerCase()) return;
  local.remove(EXPECTED);
  beginFirstSession();
}

export const isWelcomeNext = () => local.get(SHOWN) === NEXT;

/** Whether the account may see the page, for the first time or after a reload. */
export function isWelcome(account: string): boolean {
  const shown = local.get(SHOWN);
  return shown === NEXT || shown === account;
}

/** The account sees the page. */
export const openWelcome = (account: string) => local.set(SHOWN, account);

/** The account has seen it, and does not see it again. */
export const closeWelcome = () => local.remove(SHOWN);

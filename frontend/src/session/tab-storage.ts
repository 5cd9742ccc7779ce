/*
 * Unsent texts of an account, kept per tab. They survive navigation, a reload and signing in again;
 * signing out and closing the tab delete them.
 */
const PREFIX = 'cruddur:';

const keyOf = (account: string, name: string) => `${PREFIX}${account}:${name}`;

export function readStored<T>(account: string, name: string, fallback: T): T {
  const text = sessionStorage.getItem(keyOf(account, name));
  if (text === null) return fallback;
  try {
    return JSON.parse(text) as T;
  } catch {
    return fallback;
  }
}

export function writeStored(account: string, name: string, value: unknown) {
  sessionStorage.setItem(keyOf(account, name), JSON.stringify(value));
}

/** Delete the texts of all accounts in this tab. */
export function clearStored() {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

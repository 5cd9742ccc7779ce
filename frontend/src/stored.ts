/*
 * What a tab keeps of a person's unsent words: they survive navigation, reload and signing in again,
 * and are gone when the person signs out or the tab closes.
 */
const PREFIX = 'cruddur:';

const nameOf = (account: string, what: string) => `${PREFIX}${account}:${what}`;

export function readStored<T>(account: string, what: string, otherwise: T): T {
  const text = sessionStorage.getItem(nameOf(account, what));
  if (text === null) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}

export function writeStored(account: string, what: string, value: unknown) {
  sessionStorage.setItem(nameOf(account, what), JSON.stringify(value));
}

export function forgetStored() {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

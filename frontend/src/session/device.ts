/*
 * The rows that this device keeps for an account: drafts, the entries of the outbox, and copies of what
 * was shown last.
 *
 *   key    [account, kind, name]      the account first: signing out deletes one range
 *   value  structured clone           IndexedDB, database "cruddur", store "kept"
 *
 * The rows are also in memory, so reading is synchronous. Tabs tell each other by a BroadcastChannel
 * which rows have changed. Where the browser keeps nothing, the rows live as long as the tab.
 */
import { createStore, get, promisifyRequest, type UseStore } from 'idb-keyval';

export type Kind = 'draft' | 'unsent' | 'copy';
type Key = [account: string, kind: Kind, name: string];
type Notice = { changed: Key[] } | { forgotten: string } | { topic: Topic; event: unknown };
/** Modules that tell their other tabs something. */
type Topic = 'answer' | 'live';

/** Opening may hang (WebKit bug 226547): the page then begins without what is kept. */
const OPEN_MS = 1_500;

const rows = new Map<string, { key: Key; value: unknown }>();
const lists = new Map<string, unknown[]>();
const listeners = new Set<() => void>();
const events = new Map<Topic, (event: unknown) => void>();
const others = new Set<(kinds: Set<Kind>) => void>();
/** Rows of this tab that are not written yet. */
const dirty = new Map<string, Key>();
let store: UseStore | undefined;
let works = true;
/** This account has signed out, here or in another tab. */
let forgotten: string | undefined;

const idOf = (key: Key) => key.join('\n');
const listOf = (account: string, kind: Kind) => `${account}\n${kind}\n`;

function set(key: Key, value: unknown) {
  if (value === undefined) rows.delete(idOf(key));
  else rows.set(idOf(key), { key, value });
  lists.delete(listOf(key[0], key[1]));
}

function notify() {
  for (const listener of listeners) listener();
}

let channel: BroadcastChannel | undefined;
const tell = (notice: Notice) => channel?.postMessage(notice);

// --- the database -----------------------------------------------------------------------------------
async function load() {
  try {
    // Throws where storage is blocked, as the getter of indexedDB does.
    const opened = createStore('cruddur', 'kept');
    const [keys, values] = await opened('readonly', (kept) =>
      Promise.all([promisifyRequest(kept.getAllKeys()), promisifyRequest(kept.getAll())]),
    );
    store = opened;
    keys.forEach((key, index) => {
      // A row that this tab has written since is newer.
      if (!dirty.has(idOf(key as unknown as Key))) set(key as unknown as Key, values[index]);
    });
    notify();
  } catch {
    works = false;
    notify();
  }
}

/** One operation after another, so that a later one sees what an earlier one wrote. */
let chain: Promise<void> | undefined;

function next(operation: (kept: UseStore) => Promise<unknown>): Promise<void> {
  chain = (chain ?? deviceRead()).then(async () => {
    try {
      if (store) await operation(store);
    } catch {
      works = false; // no room, or the browser has closed the database
      notify();
    }
  });
  return chain;
}

let loading: Promise<void> | undefined;

/** Everything that is kept has been read, however long it takes. Never fails. */
export function deviceRead(): Promise<void> {
  if (loading) return loading;
  try {
    channel = new BroadcastChannel('cruddur');
    channel.onmessage = ({ data }: MessageEvent<Notice>) => hear(data);
  } catch {
    // Other tabs are not seen.
  }
  loading = load();
  return loading;
}

/** The same, but the page does not wait longer than is good for it. */
export function openDevice(): Promise<unknown> {
  forgotten = undefined;
  return Promise.race([deviceRead(), new Promise((resolve) => setTimeout(resolve, OPEN_MS))]);
}

function hear(notice: Notice) {
  if ('topic' in notice) events.get(notice.topic)?.(notice.event);
  else if ('forgotten' in notice) {
    drop(notice.forgotten);
    notify();
  } else
    void next(async (kept) => {
      const values = await Promise.all(notice.changed.map((key) => get<unknown>(key, kept)));
      notice.changed.forEach((key, index) => {
        if (!dirty.has(idOf(key))) set(key, values[index]);
      });
      notify();
      const kinds = new Set(notice.changed.map(([, kind]) => kind));
      for (const listener of others) listener(kinds);
    });
}

const save = () =>
  next(async (kept) => {
    const keys = [...dirty.values()];
    if (keys.length === 0) return;
    dirty.clear();
    await kept('readwrite', (table) => {
      for (const key of keys) {
        const row = rows.get(idOf(key));
        if (row) table.put(row.value, key);
        else table.delete(key);
      }
      // Not only when the callbacks have run: the page may be closing.
      table.transaction.commit();
      return promisifyRequest(table.transaction);
    });
    tell({ changed: keys });
  });

// --- rows ---------------------------------------------------------------------------------------------
export const onDevice = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Another tab has changed rows of these kinds. */
export const onOtherTab = (listener: (kinds: Set<Kind>) => void) => others.add(listener);

/** Whether rows outlive this tab. */
export const isKept = () => works;

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the type
export function read<T>(account: string, kind: Kind, name: string): T | undefined {
  return rows.get(idOf([account, kind, name]))?.value as T | undefined;
}

/** All rows of a kind; the same array until something changes. */
export function list<T>(account: string, kind: Kind): T[] {
  const id = listOf(account, kind);
  const known = lists.get(id);
  if (known) return known as T[];
  const found = [...rows].filter(([key]) => key.startsWith(id)).map(([, { value }]) => value);
  lists.set(id, found);
  return found as T[];
}

/** `undefined` deletes the row. Nothing is written for an account that has signed out. */
export function write(account: string, kind: Kind, name: string, value: unknown) {
  if (forgotten === account) return;
  const key: Key = [account, kind, name];
  set(key, value);
  dirty.set(idOf(key), key);
  void save();
  notify();
}

/** Change a row if it is still there: another tab may have deleted it. */
export function update<T>(account: string, kind: Kind, name: string, changes: Partial<T>) {
  const key: Key = [account, kind, name];
  const row = rows.get(idOf(key));
  if (!row) return;
  set(key, { ...(row.value as T), ...changes });
  notify();
  void next(async (kept) => {
    await kept('readwrite', async (table) => {
      const value = (await promisifyRequest(table.get(key))) as T | undefined;
      if (value !== undefined) table.put({ ...value, ...changes }, key);
      else if (!dirty.has(idOf(key))) set(key, undefined);
      return promisifyRequest(table.transaction);
    });
    tell({ changed: [key] });
  });
}

function drop(account: string) {
  forgotten = account;
  for (const [id, { key }] of rows) if (key[0] === account) rows.delete(id);
  for (const [id, key] of dirty) if (key[0] === account) dirty.delete(id);
  lists.clear();
}

/** Delete everything of an account from this device. */
export async function forgetAccount(account: string) {
  drop(account);
  await next(async (kept) => {
    // In IndexedDB's order an array is greater than every string.
    await kept('readwrite', (table) =>
      promisifyRequest(table.delete(IDBKeyRange.bound([account], [account, []]))),
    );
  });
  tell({ forgotten: account });
}

/** Read all rows of a kind again: the notice of another tab may be on its way. */
export const refresh = (account: string, kind: Kind) =>
  next(async (kept) => {
    const range = IDBKeyRange.bound([account, kind], [account, kind, []]);
    const [keys, values] = await kept('readonly', (table) =>
      Promise.all([promisifyRequest(table.getAllKeys(range)), promisifyRequest(table.getAll(range))]),
    );
    const found = new Map(keys.map((key, index) => [idOf(key as unknown as Key), values[index]]));
    for (const [id, { key }] of rows)
      if (key[0] === account && key[1] === kind && !found.has(id) && !dirty.has(id)) set(key, undefined);
    keys.forEach((key, index) => {
      if (!dirty.has(idOf(key as unknown as Key))) set(key as unknown as Key, values[index]);
    });
    notify();
  });

/** Everything that this tab has changed is written. */
export const written = () => next(() => Promise.resolve());

// --- events -------------------------------------------------------------------------------------------
/** Tell the other tabs something that is not kept. */
export const tellTabs = (topic: Topic, event: unknown) => tell({ topic, event });

/** Hear what other tabs tell; one listener for each topic. */
export const onTabEvent = (topic: Topic, listener: (event: unknown) => void) =>
  events.set(topic, listener);

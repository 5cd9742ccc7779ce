import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Problem } from '../api/problem';
import type { Message } from '../api/types';
import { type Content, type Entry, type TextContent, undelivered, UNSURE } from './entry';
import { Queue } from './queue';

const GROUP = { message_group_uuid: 'g' };
const message = (text: string, group = GROUP): TextContent => ({
  kind: 'message',
  to: group,
  text,
  since: '1',
});
const textOf = ({ content }: { content: Content }) => ('text' in content ? content.text : '');
const noConnection = () => new Problem(0, [], 0, '');
const refused = (status: number, ...codes: string[]) => new Problem(status, codes, 0, '');

let online = true;
let kept: Entry[] = [];
let requests: { key: string; text: string }[] = [];
let delivered: string[] = [];
let respond: (entry: Entry) => Promise<unknown>;

// One device: what several queues have in common.
let turn = Promise.resolve();
function alone(work: () => Promise<void>) {
  turn = turn.then(work);
  return turn;
}

function newQueue() {
  const queue = new Queue({
    entries: () => kept,
    change: (key, changes) => {
      kept = kept.map((entry) => (entry.key === key ? { ...entry, ...changes } : entry));
    },
    remove: (key) => {
      kept = kept.filter((entry) => entry.key !== key);
    },
    send: (entry) => {
      requests.push({ key: entry.key, text: textOf(entry) });
      return respond(entry);
    },
    delivered: (entry) => {
      delivered.push(textOf(entry));
      return Promise.resolve();
    },
    failed: () => {},
    alone,
  });
  const add = (content: Content) => {
    const number = kept.length;
    kept = [...kept, { key: `key of ${textOf({ content })}`, content, number, state: 'waiting' }];
    queue.changed();
  };
  return { queue, add };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {
    get onLine() {
      return online;
    },
  });
  online = true;
  kept = [];
  requests = [];
  delivered = [];
  turn = Promise.resolve();
  respond = () => Promise.resolve();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.runAllTimersAsync();

describe('sending', () => {
  test('the texts of a conversation are sent one after another', async () => {
    const { add } = newQueue();
    let open = 0;
    respond = async (entry) => {
      expect(++open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, textOf(entry) === 'a' ? 50 : 1));
      open--;
    };
    for (const text of ['a', 'b', 'c']) add(message(text));
    await settle();
    expect(delivered).toEqual(['a', 'b', 'c']);
    expect(kept).toEqual([]);
  });

  test('a slow conversation does not hold up another one', async () => {
    const { add } = newQueue();
    respond = (entry) =>
      new Promise((resolve) => setTimeout(resolve, textOf(entry) === 'slow' ? 900 : 1));
    add(message('slow'));
    add(message('fast', { message_group_uuid: 'other' }));
    await settle();
    expect(delivered).toEqual(['fast', 'slow']);
  });

  test('two tabs send each text once', async () => {
    const [one, two] = [newQueue(), newQueue()];
    respond = () => new Promise((resolve) => setTimeout(resolve, 10));
    one.add(message('a'));
    two.queue.changed();
    two.add(message('b'));
    one.queue.changed();
    await settle();
    expect(requests.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('a tab that is closed while it sends leaves the text to another one, with its key', async () => {
    const first = newQueue();
    respond = () => new Promise(() => {});
    first.add(message('a'));
    await settle();
    turn = Promise.resolve(); // the lock of a closed tab ends
    respond = () => Promise.resolve();
    newQueue().queue.resume();
    await settle();
    expect(delivered).toEqual(['a']);
    expect(requests).toHaveLength(2);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
  });

  test('a temporary failure is retried with the same key', async () => {
    const { add } = newQueue();
    respond = () =>
      requests.length < 3 ? Promise.reject(refused(503, 'unavailable')) : Promise.resolve();
    add(message('a'));
    await settle();
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
    expect(delivered).toEqual(['a']);
  });

  test('after the last attempt a text stays failed, and what is behind it does not overtake', async () => {
    const { queue, add } = newQueue();
    respond = () => Promise.reject(refused(503, 'unavailable'));
    add(message('a'));
    add(message('b'));
    await settle();
    expect(kept).toMatchObject([
      { state: 'failed', reason: { status: 503 } },
      { state: 'failed', reason: { status: 503 } },
    ]);
    expect(new Set(requests.map(({ text }) => text))).toEqual(new Set(['a']));
    respond = () => Promise.resolve();
    queue.resume();
    await settle();
    expect(delivered).toEqual(['a', 'b']);
  });

  test('a permanent failure is not retried and does not block the next text', async () => {
    const { queue, add } = newQueue();
    respond = (entry) =>
      textOf(entry) === 'bad'
        ? Promise.reject(refused(422, 'message_invalid'))
        : Promise.resolve();
    add(message('bad'));
    add(message('good'));
    await settle();
    queue.resume();
    await settle();
    expect(requests.map(({ text }) => text)).toEqual(['bad', 'good']);
    expect(kept).toMatchObject([
      { state: 'failed', reason: { status: 422, codes: ['message_invalid'] } },
    ]);
  });

  test('offline, texts wait until the network is back', async () => {
    const { queue, add } = newQueue();
    online = false;
    add(message('a'));
    add(message('b'));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(requests).toHaveLength(0);
    expect(kept).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }]);
    online = true;
    queue.resume();
    await settle();
    expect(delivered).toEqual(['a', 'b']);
  });

  test('a server that does not answer is tried until it does', async () => {
    const { add } = newQueue();
    respond = () => Promise.reject(noConnection());
    add(message('a'));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(kept).toMatchObject([{ state: 'waiting', reason: { status: 0 } }]);
    respond = () => Promise.resolve();
    await settle();
    expect(delivered).toEqual(['a']);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
  });

  test('after the session ends the text waits, and the next session sends it', async () => {
    const { queue, add } = newQueue();
    respond = () => Promise.reject(refused(401, 'token_invalid'));
    add(message('a'));
    await settle();
    expect(kept).toMatchObject([{ state: 'waiting' }]);
    expect(requests).toHaveLength(1);
    respond = () => Promise.resolve();
    queue.resume();
    await settle();
    expect(delivered).toEqual(['a']);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
  });

  test('a text that may have arrived is not sent again when the server may have forgotten its key', async () => {
    const { add } = newQueue();
    online = false;
    add(message('a'));
    kept = kept.map((entry) => ({ ...entry, tried: Date.now() }));
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    online = true;
    newQueue().queue.resume();
    await settle();
    expect(requests).toHaveLength(0);
    expect(kept).toMatchObject([{ state: 'failed', reason: { codes: [UNSURE] } }]);
  });
});

describe('a message that an event brings before its response', () => {
  const arrived = (text: string, created_at: string, handle = 'ann'): Message => ({
    uuid: created_at,
    handle,
    display_name: handle,
    message: text,
    created_at,
  });
  const entry = (text: string, since: string, tried = true): Entry<TextContent> => ({
    key: text,
    content: { ...message(text), since },
    number: 1,
    state: 'waiting',
    ...(tried ? { tried: 1 } : {}),
  });
  const shown = (entries: Entry<TextContent>[], messages: Message[]) =>
    undelivered(entries, messages, 'ann').map(({ key }) => key);

  test('is not shown twice', () => {
    expect(shown([entry('hi', '1')], [arrived('hi', '2')])).toEqual([]);
  });

  test('is not confused with an older message, one of another person, or one never sent', () => {
    expect(shown([entry('hi', '2')], [arrived('hi', '2')])).toEqual(['hi']);
    expect(shown([entry('hi', '1')], [arrived('hi', '2', 'ben')])).toEqual(['hi']);
    expect(shown([entry('hi', '1', false)], [arrived('hi', '2')])).toEqual(['hi']);
  });
});

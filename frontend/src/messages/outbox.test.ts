import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Problem } from '../api/problem';
import type { Message, SentMessage } from '../api/types';
import { type Entry, undelivered, Outbox } from './outbox';

const GROUP = { message_group_uuid: 'g' };
const answer = (text: string, created_at = '2'): SentMessage => ({
  message_group_uuid: 'g',
  uuid: `m-${text}`,
  handle: 'ann',
  display_name: 'Ann',
  message: text,
  created_at,
});
const noConnection = () => new Problem(0, [], 0, '');
const refused = (status: number, ...codes: string[]) => new Problem(status, codes, 0, '');

let online = true;
let stored: Entry[] = [];
let requests: { key: string; text: string }[] = [];
let delivered: string[] = [];
let respond: (entry: Entry) => Promise<SentMessage>;

function newOutbox() {
  return new Outbox({
    send: (entry) => {
      requests.push({ key: entry.key, text: entry.text });
      return respond(entry);
    },
    delivered: (_, { message }) => delivered.push(message ?? ''),
    load: () => stored,
    save: (entries) => (stored = entries),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {
    get onLine() {
      return online;
    },
  });
  online = true;
  stored = [];
  requests = [];
  delivered = [];
  respond = ({ text }) => Promise.resolve(answer(text));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.runAllTimersAsync();

describe('sending', () => {
  test('messages of a conversation are sent one after another', async () => {
    const outbox = newOutbox();
    let open = 0;
    respond = async ({ text }) => {
      expect(++open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, text === 'a' ? 50 : 1));
      open--;
      return answer(text);
    };
    for (const text of ['a', 'b', 'c']) outbox.add(GROUP, text, '1');
    await settle();
    expect(delivered).toEqual(['a', 'b', 'c']);
    expect(outbox.all()).toEqual([]);
  });

  test('a temporary failure is retried with the same key', async () => {
    const outbox = newOutbox();
    respond = ({ text }) =>
      requests.length < 3 ? Promise.reject(noConnection()) : Promise.resolve(answer(text));
    outbox.add(GROUP, 'a', '1');
    await settle();
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
    expect(delivered).toEqual(['a']);
  });

  test('after the last attempt the message stays failed until the person retries', async () => {
    const outbox = newOutbox();
    respond = () => Promise.reject(refused(503, 'unavailable'));
    outbox.add(GROUP, 'a', '1');
    await settle();
    expect(outbox.all()).toMatchObject([{ text: 'a', state: 'failed' }]);
    const [{ key } = { key: '' }] = outbox.all();
    respond = ({ text }) => Promise.resolve(answer(text));
    outbox.retry(key);
    await settle();
    expect(requests.at(-1)?.key).toBe(key);
    expect(delivered).toEqual(['a']);
  });

  test('a permanent failure is not retried and does not block the next message', async () => {
    const outbox = newOutbox();
    respond = ({ text }) =>
      text === 'bad'
        ? Promise.reject(refused(422, 'message_invalid'))
        : Promise.resolve(answer(text));
    outbox.add(GROUP, 'bad', '1');
    outbox.add(GROUP, 'good', '1');
    await settle();
    outbox.retryAll();
    await settle();
    expect(requests.map(({ text }) => text)).toEqual(['bad', 'good']);
    expect(outbox.all()).toMatchObject([
      { text: 'bad', state: 'failed', codes: ['message_invalid'] },
    ]);
  });

  test('offline, messages wait until the network is back', async () => {
    const outbox = newOutbox();
    online = false;
    respond = ({ text }) =>
      online ? Promise.resolve(answer(text)) : Promise.reject(noConnection());
    outbox.add(GROUP, 'a', '1');
    outbox.add(GROUP, 'b', '1');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(requests).toHaveLength(1);
    expect(outbox.all()).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }]);
    online = true;
    outbox.retryAll();
    await settle();
    expect(delivered).toEqual(['a', 'b']);
  });

  test('after the session ends the message waits, and the stored outbox sends it', async () => {
    const first = newOutbox();
    respond = () => Promise.reject(refused(401, 'token_invalid'));
    first.add(GROUP, 'a', '1');
    await settle();
    expect(first.all()).toMatchObject([{ state: 'waiting' }]);
    respond = ({ text }) => Promise.resolve(answer(text));
    const second = newOutbox();
    second.resume();
    await settle();
    expect(delivered).toEqual(['a']);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
  });
});

describe('a message that polling finds before its response', () => {
  const message = (text: string, created_at: string, handle = 'ann'): Message => ({
    uuid: created_at,
    handle,
    display_name: handle,
    message: text,
    created_at,
  });
  const entry = (text: string, since: string, tried = true): Entry => ({
    key: text,
    to: GROUP,
    text,
    since,
    tried,
    state: tried ? 'sending' : 'waiting',
    codes: [],
  });
  const shown = (entries: Entry[], messages: Message[]) =>
    undelivered(entries, messages, 'ann').map(({ key }) => key);

  test('is not shown twice', () => {
    expect(shown([entry('hi', '1')], [message('hi', '2')])).toEqual([]);
  });

  test('is not confused with an older message, one of another person, or one never sent', () => {
    expect(shown([entry('hi', '2')], [message('hi', '2')])).toEqual(['hi']);
    expect(shown([entry('hi', '1')], [message('hi', '2', 'ben')])).toEqual(['hi']);
    expect(shown([entry('hi', '1', false)], [message('hi', '2')])).toEqual(['hi']);
  });
});

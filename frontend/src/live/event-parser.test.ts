import { describe, expect, test } from 'vitest';

import { EventParser } from './event-parser';

const TEXT =
  ': comment\n\nevent: hello\ndata: {"epoch":"1"}\n\n' +
  'retry: 1500\nevent: bye\ndata: {"reason":"closing"}\n\n' +
  'event: message\ndata: {"message":"a: b"}\n\n';

const EVENTS = [
  { name: '', data: null, retryMs: undefined },
  { name: 'hello', data: { epoch: '1' }, retryMs: undefined },
  { name: 'bye', data: { reason: 'closing' }, retryMs: 1500 },
  { name: 'message', data: { message: 'a: b' }, retryMs: undefined },
];

describe('the parser', () => {
  test('reads events, comments and pauses', () => {
    expect(new EventParser().feed(TEXT)).toEqual(EVENTS);
  });

  test('gives the same events wherever the text is cut', () => {
    for (let size = 1; size < TEXT.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < TEXT.length; at += size)
        events.push(...parser.feed(TEXT.slice(at, at + size)));
      expect(events).toEqual(EVENTS);
    }
  });

  test('gives nothing before an event is whole, and drops what is not JSON', () => {
    const parser = new EventParser();
    expect(parser.feed('event: read\ndata: {"handle":')).toEqual([]);
    expect(parser.feed('\n')).toEqual([]);
    expect(parser.feed('\n')).toEqual([]);
    expect(parser.feed('event: hello\ndata: {}\n\n')).toEqual([
      { name: 'hello', data: {}, retryMs: undefined },
    ]);
  });
});

/* Splits a text into plain text, links, mentions and tags. */
import { HANDLE_PATTERN } from './limits';

export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; to: string }
  | { kind: 'mention'; text: string; to: string }
  | { kind: 'tag'; text: string; to: string };

// A mention or tag does not start inside a word or an address (me@example.org, /#top).
const TOKEN = new RegExp(
  [
    String.raw`https?:\/\/[^\s<>"']+`,
    String.raw`(?<![\p{L}\p{N}_@#/.])@${HANDLE_PATTERN}(?![A-Za-z0-9_])`,
    String.raw`(?<![\p{L}\p{N}_&#/])#[\p{L}\p{N}_]+`,
  ].join('|'),
  'gu',
);

/** Where a link ends: before trailing punctuation, and before a closing bracket without a pair. */
function linkEnd(link: string): number {
  let end = link.length;
  for (;;) {
    const last = link[end - 1] ?? '';
    const inside = link.slice(0, end);
    if (/[.,;:!?]/.test(last)) end--;
    else if (last === ')' && inside.split(')').length > inside.split('(').length) end--;
    else return end;
  }
}

export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let at = 0;
  const plain = (end: number) => {
    if (end > at) found.push({ kind: 'text', text: text.slice(at, end) });
    at = end;
  };
  for (const match of text.matchAll(TOKEN)) {
    let token = match[0];
    if (token.startsWith('http')) {
      token = token.slice(0, linkEnd(token));
      if (!URL.canParse(token)) continue;
      plain(match.index);
      found.push({ kind: 'link', text: token, to: token });
    } else {
      plain(match.index);
      if (token.startsWith('@')) found.push({ kind: 'mention', text: token, to: `/${token}` });
      else
        found.push({ kind: 'tag', text: token, to: `/search?term=${encodeURIComponent(token)}` });
    }
    at = match.index + token.length;
  }
  plain(text.length);
  return found;
}

/* What is in a text besides words: links, people, tags. */
export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; to: string }
  | { kind: 'person'; text: string; to: string }
  | { kind: 'tag'; text: string; to: string };

// A handle or tag does not begin inside a word or an address (me@example.org, /#top).
const FOUND =
  /https?:\/\/[^\s<>"']+|(?<![\p{L}\p{N}_@#/.])@[A-Za-z0-9_]{2,30}(?![A-Za-z0-9_])|(?<![\p{L}\p{N}_&#/])#[\p{L}\p{N}_]+/gu;

/** A link without the punctuation of the sentence around it; brackets stay when they are a pair. */
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
  for (const match of text.matchAll(FOUND)) {
    let what = match[0];
    if (what.startsWith('http')) {
      what = what.slice(0, linkEnd(what));
      if (!URL.canParse(what)) continue;
      plain(match.index);
      found.push({ kind: 'link', text: what, to: what });
    } else {
      plain(match.index);
      if (what.startsWith('@')) found.push({ kind: 'person', text: what, to: `/${what}` });
      else found.push({ kind: 'tag', text: what, to: `/search?term=${encodeURIComponent(what)}` });
    }
    at = match.index + what.length;
  }
  plain(text.length);
  return found;
}

/*
 * Splits a text into plain text, links, mentions and tags. The rules are those of the server, from
 * common/grammar.json, with the characters of one version of Unicode on both sides.
 */
import { CLASSES, CUT, PATTERNS } from './grammar';

export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; to: string; host: string } // the host as browsers read it
  | { kind: 'mention'; text: string; to: string }
  | { kind: 'tag'; text: string; to: string };

const escaped = (code: number) => `\\u{${code.toString(16)}}`;

// The ranges of a class, for a regular expression. A class is a list such as `1c.9 7`: the distance
// from the last character, and how many follow; in base 36.
function rangesOf(name: string): string {
  let last = 0;
  return (CLASSES[name] ?? '')
    .split(' ')
    .map((part) => {
      const [distance = 0, following = 0] = part.split('.').map((number) => parseInt(number, 36));
      const first = last + distance;
      last = first + following;
      return following > 0 ? `${escaped(first)}-${escaped(last)}` : escaped(first);
    })
    .join('');
}

const expression = (pattern: string, flags: string) =>
  new RegExp(
    pattern.replace(/\{([a-z_]+)\}/g, (_, name: string) => rangesOf(name)),
    flags,
  );

const ADDRESS = expression(PATTERNS.address, 'gu');
const MARK = expression(PATTERNS.mark, 'gu');
const TRIMMED = expression('[{trim}]$', 'u');

const PAIRS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
const count = (text: string, sign: string) => text.split(sign).length;

/** A link without the punctuation and the closing brackets that belong to the sentence around it. */
function trimLink(link: string): string {
  for (;;) {
    const last = link.at(-1) ?? '';
    const opening = PAIRS[last];
    if (opening) {
      if (count(link, last) <= count(link, opening)) return link;
      link = link.slice(0, -1);
    } else if (TRIMMED.test(link)) link = link.replace(TRIMMED, '');
    else return link;
  }
}

/**
 * Whether an address may become a link: of the web, and so that people and browsers see the same host.
 * A name before the host could pass for it, and browsers take a backslash for a slash.
 */
const isLink = (address: string) =>
  /^https?:\/\//i.test(address) &&
  !/^\w+:\/+[^/?#]*@|\\/.test(address) &&
  URL.canParse(address);

export function segments(text: string): Segment[] {
  if (!/[@＠#＃/]/.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const found: { at: number; segment: Segment }[] = [];
  const rest = text.replace(ADDRESS, (address: string, at: number) => {
    const link = trimLink(address);
    if (isLink(link)) {
      const { host } = new URL(link);
      found.push({ at, segment: { kind: 'link', text: link, to: link, host } });
    }
    return CUT.repeat(address.length);
  });
  for (const { 0: mark, index: at } of rest.matchAll(MARK)) {
    const name = mark.slice(1);
    found.push({
      at,
      segment: /^[@＠]/.test(mark)
        ? { kind: 'mention', text: mark, to: `/@${name}` }
        : { kind: 'tag', text: mark, to: `/search?term=${encodeURIComponent(`#${name}`)}` },
    });
  }
  found.sort((one, other) => one.at - other.at);

  const all: Segment[] = [];
  let end = 0;
  const plain = (until: number) => {
    if (until > end) all.push({ kind: 'text', text: text.slice(end, until) });
  };
  for (const { at, segment } of found) {
    plain(at);
    all.push(segment);
    end = at + segment.text.length;
  }
  plain(text.length);
  return all;
}

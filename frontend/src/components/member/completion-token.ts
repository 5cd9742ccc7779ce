/* The word at the caret that is completed: a person after @, a tag after #. */

export interface Token {
  kind: 'person' | 'tag';
  /** The word behind the sign; at least one character. */
  term: string;
  /** Of the sign, and of the end of the term, in the text. */
  start: number;
  end: number;
}

/** No handle and no tag that is worth a completion is longer. */
const TERM_MAX = 30;

/** Scripts without spaces between words: a mention may follow directly (base/text.ts). */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.source;

// As in the grammar of texts, no sign inside an address (a@b) or behind another sign.
const TOKEN = new RegExp(
  String.raw`(?:^|[^\p{L}\p{N}\p{M}_@＠#＃/&]|${UNSPACED})([@＠#＃])([\p{L}\p{N}\p{M}_]{1,${TERM_MAX}})$`,
  'u',
);
const INSIDE = /^[\p{L}\p{N}\p{M}_]/u;

export function tokenAt(text: string, caret: number): Token | undefined {
  // A character has two units at most; one more character and the sign stand before the term.
  const before = text.slice(Math.max(0, caret - 2 * (TERM_MAX + 2)), caret);
  const [, sign, term] = TOKEN.exec(before) ?? [];
  if (sign === undefined || term === undefined || INSIDE.test(text.slice(caret))) return undefined;
  return {
    kind: sign === '@' || sign === '＠' ? 'person' : 'tag',
    term,
    start: caret - term.length - sign.length,
    end: caret,
  };
}

export const sameToken = (a: Token | undefined, b: Token | undefined) =>
  a === b ||
  (a !== undefined && b !== undefined && a.kind === b.kind && a.term === b.term && a.start === b.start);

/** As names and tags are compared: composed, without case. */
export const folded = (text: string) => text.normalize('NFC').toLowerCase();

/** Whether the words of an option, such as a handle and a name, begin as the term does. */
export const beginsWith = (words: string, term: string) =>
  folded(words)
    .split(/[^\p{L}\p{N}\p{M}_]+/u)
    .some((word) => word.startsWith(folded(term)));

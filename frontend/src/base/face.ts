/* The disc that stands for a person: the letters on it, and its tone. */
import { firstGrapheme } from './characters';

const TONES = 12;

/** The number of a tone: a handle has the same one everywhere. */
export function toneOf(handle: string): number {
  let sum = 0;
  for (const letter of handle.toLowerCase()) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % TONES;
}

const STARTS_WORD = /^[\p{L}\p{N}]/u;
/** Letters of these scripts would join. */
const JOINED = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Adlam}]/u;
const NON_JOINER = '\u200c';

const upper = (letter: string) => firstGrapheme(letter.toUpperCase()) ?? letter;

/**
 * The first letters of the first and the last word, or of the only one. Words that begin with neither a
 * letter nor a digit count only if there is no other.
 */
export function initialsOf(name: string, handle: string): string {
  const firsts = name
    .split(/\s+/)
    .map(firstGrapheme)
    .filter((first) => first !== undefined);
  const letters = firsts.filter((first) => STARTS_WORD.test(first));
  const [first = firsts[0] ?? firstGrapheme(handle) ?? '?', ...more] = letters;
  const last = more.at(-1);
  if (last === undefined) return upper(first);
  return [upper(first), upper(last)].join(JOINED.test(first + last) ? NON_JOINER : '');
}

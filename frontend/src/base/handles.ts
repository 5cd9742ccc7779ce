/* Handles that a person may want, from the name. */
import { isHandle, limits } from './limits';

/** Letters that normalization does not take apart. */
const LETTERS: Record<string, string> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i',
};

/** The words of a name in the letters that a handle may have. */
function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’.]/gu, '')
    .replace(/[ßæœøđðłþı]/g, (letter) => LETTERS[letter] ?? '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The best one first; none for a name in another script. */
export function handlesFrom(name: string): string[] {
  const words = wordsOf(name);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const all =
    words.length < 2 ? words : [words.join(''), `${first}${last.charAt(0)}`, `${first.charAt(0)}${last}`];
  const handles = all.map((handle) => handle.slice(0, limits.handle_max)).filter(isHandle);
  return [...new Set(handles)];
}

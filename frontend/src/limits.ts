/* The limits of the server, counted as the server counts (common/text.h). */
import limits from '../../common/limits.json';

export { limits };

/** Unicode code points after trimming. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of text.trim()) length++;
  return length;
}

/**
 * Control characters that the server refuses: all but newline and tab in a text of lines, all in a
 * text of one line.
 */
export function hasControl(text: string, lines: boolean): boolean {
  return (lines ? /[\0-\x08\x0b-\x1f\x7f-\x9f]/ : /[\0-\x1f\x7f-\x9f]/).test(text.trim());
}

const HANDLE = new RegExp(`^[A-Za-z0-9_]{${limits.handle_min},${limits.handle_max}}$`);

export const isHandle = (text: string) => HANDLE.test(text);

/** The rule of handles in words. */
export const HANDLE_RULE = `${limits.handle_min} to ${limits.handle_max} letters, digits or underscores.`;

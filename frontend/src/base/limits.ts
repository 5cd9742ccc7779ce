/* The server's limits, counted as the server counts (common/base/text.h). */
import limits from '../../../common/limits.json';

export { limits };

/** Unicode code points after trimming. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of text.trim()) length++;
  return length;
}

/**
 * Whether the text has control characters that the server refuses. Newlines and tabs are allowed in
 * multi-line texts only.
 */
export function hasControl(text: string, multiLine: boolean): boolean {
  return (multiLine ? /[\0-\x08\x0b-\x1f\x7f-\x9f]/ : /[\0-\x1f\x7f-\x9f]/).test(text.trim());
}

const { handle_min, handle_max } = limits;

/** Source of a regular expression that matches one handle. */
export const HANDLE_PATTERN = `[A-Za-z0-9_]{${handle_min},${handle_max}}`;

const HANDLE = new RegExp(`^${HANDLE_PATTERN}$`);

export const isHandle = (text: string) => HANDLE.test(text);

/** The rule of handles, for people. */
export const HANDLE_RULE = `Use ${handle_min} to ${handle_max} letters, numbers or underscores.`;

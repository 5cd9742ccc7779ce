/* The server's limits, counted as the server counts (common/base/text.h). */
import { cleanName, cleanText, hasVisible } from './characters';
import limits from '../../../common/limits.json';

export { limits };

/** Unicode code points of a text, cleaned as it is sent. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of cleanText(text)) length++;
  return length;
}

const { handle_min, handle_max } = limits;

/** Source of a regular expression that matches one handle. */
export const HANDLE_PATTERN = `[A-Za-z0-9_]{${handle_min},${handle_max}}`;

const HANDLE = new RegExp(`^${HANDLE_PATTERN}$`);

export const isHandle = (text: string) => HANDLE.test(text);

/** The rule of handles, for people. */
export const HANDLE_RULE = `Use ${handle_min} to ${handle_max} letters, numbers or underscores.`;

/** The fault of a text or a name, for people; undefined if it has no fault. */
export const NOTHING_VISIBLE = 'Use at least one character that can be seen.';

export function textProblem(text: string, max: number): string | undefined {
  const length = textLength(text);
  if (length > max) return `Use at most ${max} characters.`;
  return length > 0 && !hasVisible(text) ? NOTHING_VISIBLE : undefined;
}

export function nameProblem(name: string): string | undefined {
  if (textLength(name) === 0) return 'Enter a name.';
  if (!hasVisible(name)) return NOTHING_VISIBLE;
  return textProblem(cleanName(name), limits.display_name);
}

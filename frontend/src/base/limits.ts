/* The server's limits, counted as the server counts (common/base/text.h). */
import { i18n } from '@lingui/core';
import { msg, plural, t } from '@lingui/core/macro';

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
export const HANDLE_PATTERN = String.raw`[A-Za-z0-9_]{${handle_min},${handle_max}}`;

const HANDLE = new RegExp(`^${HANDLE_PATTERN}$`);

export const isHandle = (text: string) => HANDLE.test(text);

/** The rule of handles, for people. */
export const HANDLE_RULE = msg`Use ${handle_min} to ${handle_max} letters, numbers or underscores.`;

export const NOTHING_VISIBLE = msg`Use at least one character that can be seen.`;

/** The rule of a text with a limit. */
export const atMost = (max: number) =>
  msg`${plural(max, { one: 'Use at most # character.', other: 'Use at most # characters.' })}`;

/** The fault of a text or a name, for people; undefined if it has no fault. */
export function textProblem(text: string, max: number): string | undefined {
  const length = textLength(text);
  if (length > max) return i18n._(atMost(max));
  return length > 0 && !hasVisible(text) ? i18n._(NOTHING_VISIBLE) : undefined;
}

export function nameProblem(name: string): string | undefined {
  if (textLength(name) === 0) return t`Enter a name.`;
  if (!hasVisible(name)) return i18n._(NOTHING_VISIBLE);
  return textProblem(cleanName(name), limits.display_name);
}

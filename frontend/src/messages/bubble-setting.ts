import type { CSSProperties } from 'react';

import { hasLeftToRight, hasRightToLeft } from '../base/characters';
import { isRightToLeft } from '../base/language';
import { isEmojiOnly } from './emoji';

/** Whether a line of the text may run against the page. A line without letters runs from left to right. */
const runsAgainst = (text: string) =>
  isRightToLeft() ? hasLeftToRight(text) || !hasRightToLeft(text) : hasRightToLeft(text);

/**
 * How a bubble is set: without an edge around a few emoji; the time in the last line of the text, or
 * beside a text that runs against the page, whose last line ends at the other side.
 */
export const settingOf = (text: string | null, clock: string) => ({
  'data-emoji': (text !== null && isEmojiOnly(text)) || undefined,
  'data-beside': (text !== null && runsAgainst(text)) || undefined,
  // The last line of the text leaves so much room for the time.
  style: { '--clock': clock.length } as CSSProperties,
});

/* Messages of a few emoji and nothing else are shown large. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const MOST = 3;
/** Flags of regions have the longest emoji, with 14 UTF-16 units; families come close. */
const LENGTH_MAX = MOST * 20;

/**
 * One emoji, as UTS #51 recommends them for general interchange, or joined by ZWJ without the
 * presentation selectors that some keyboards leave out.
 */
const EMOJI =
  /^(?:\p{RGI_Emoji}|\p{ExtPict}[\p{EMod}\uFE0F]*(?:\u200D\p{ExtPict}[\p{EMod}\uFE0F]*)+)$/v;

/** Whether the text is 1 to 3 emoji, with or without blanks between them. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > LENGTH_MAX || /[\p{L}\n]/u.test(text)) return false;
  let count = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (segment.trim() === '') continue;
    if (!EMOJI.test(segment) || ++count > MOST) return false;
  }
  return count > 0;
}

/* Characters as people see them: graphemes (UAX #29), visible characters, clean fields. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Characters without a shape: Default_Ignorable_Code_Point, white space, control characters, and
 * the empty braille pattern. \p{Cf} alone would be wrong: it has signs with a shape (U+0600).
 */
const INVISIBLE = String.raw`\p{DI}\p{White_Space}\p{Cc}\u2800`;
const VISIBLE = new RegExp(`[^${INVISIBLE}]`, 'u');

/** Whether anything of the text can be seen. */
export const hasVisible = (text: string) => VISIBLE.test(text);

/** The first visible grapheme; undefined without one. */
export function firstGrapheme(text: string): string | undefined {
  for (const { segment } of segmenter.segment(text)) if (hasVisible(segment)) return segment;
  return undefined;
}

/** At most `max` graphemes, with an ellipsis if some are missing. */
export function cutGraphemes(text: string, max: number): string {
  let count = 0;
  for (const { index } of segmenter.segment(text))
    if (count++ === max) return `${text.slice(0, index).trimEnd()}…`;
  return text;
}

const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

export const hasRightToLeft = (text: string) => RIGHT_TO_LEFT.test(text);
export const hasLeftToRight = (text: string) =>
  text.match(/\p{L}/gu)?.some((letter) => !hasRightToLeft(letter)) ?? false;

/**
 * A text of a person inside a text of the page where no element can isolate it, such as a title. A
 * control character in it cannot reorder the rest (UAX #9, explicit directional isolates).
 */
export function isolated(text: string): string {
  const clean = text.replace(BIDI_CONTROLS, '').replace(/\s+/g, ' ').trim();
  return hasRightToLeft(clean) ? `\u2068${clean}\u2069` : clean;
}

// --- fields ---------------------------------------------------------------------------------------
/** A text of several lines as it is sent: trimmed, without the control characters of a paste. */
export const cleanText = (text: string) =>
  text
    .toWellFormed()
    .replace(/\r\n?|\x85/g, '\n')
    // eslint-disable-next-line no-control-regex -- these are removed
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .trim();

/** The same in one line. */
export const cleanLine = (text: string) => cleanText(text).replace(/[\n\t\u2028\u2029]+/g, ' ');

const EMOJI = /^\p{RGI_Emoji}$/v;
const INVISIBLE_IN_NAME = /[\p{DI}\p{Cf}\u2800]/gu;

/** A display name: one line in NFC, without invisible characters except in emoji. */
export function cleanName(text: string): string {
  let name = '';
  for (const { segment } of segmenter.segment(cleanLine(text).normalize('NFC')))
    name += EMOJI.test(segment) ? segment : segment.replace(INVISIBLE_IN_NAME, '');
  return name.trim();
}

const WITHOUT_BLANKS = new RegExp(`[${INVISIBLE}]`, 'gu');

/** An email address, or another name of an account: neither contains blanks. */
export const cleanEmail = (text: string) => text.toWellFormed().replace(WITHOUT_BLANKS, '');

/** A handle: without the @, without blanks around it, and from a full-width keyboard as well. */
export const cleanHandle = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\p{DI}\p{Cc}\u2800]/gu, ' ')
    .trim()
    .replace(/^@\s*/, '');

/** The zeros of keyboards that type digits of their own: Arabic, Persian, Devanagari, Bengali, Thai. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];

/** A code from an email: only its digits and letters, whatever stands between them. */
export const cleanCode = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, (digit) => {
      const point = digit.codePointAt(0) ?? 0;
      const zero = ZEROS.find((start) => point >= start && point < start + 10);
      return zero === undefined ? digit : String(point - zero);
    })
    .replace(/[^\p{L}\p{N}]/gu, '');

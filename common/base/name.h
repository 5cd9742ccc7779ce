/*
 * name.h - the form of a person's display name.
 *
 * A name must not pretend to be another name, or to be none. So it has no characters that nobody
 * sees, that reorder the text around them, or that end a line; emoji, which are sequences with
 * joiners and variation selectors, are the exception.
 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"
#include "limit.h"

/* Bytes for a name of LIMIT_DISPLAY_NAME code points, composed (text_nfc), with the NUL. */
#define NAME_SIZE (LIMIT_DISPLAY_NAME * 4 * TEXT_NFC_GROWTH + 1)

/*
 * Whether `text`, which is valid UTF-8, is a name: it has a visible character (text_is_visible),
 *and outside of emoji no character that is a control (category Cc), a format character (Cf, which
 *the bidirectional controls of UAX #9 are), a line or paragraph separator (Zl, Zp), ignorable by
 *default (UAX #44: Default_Ignorable_Code_Point, fillers and variation selectors among them), or
 *blank although it counts as a letter or symbol (text_is_ink).
 *
 * Emoji may contain (UTS #51, possible_emoji):
 *	U+FE0E, U+FE0F  after an emoji; after a digit, * or # only as part of a keycap (U+20E3)
 *	U+200D          between two emoji
 *	tags            after U+1F3F4, as the code of a region: 3 to 6 letters and digits, then
 *U+E007F
 */
bool name_valid(struct slice text);

#endif

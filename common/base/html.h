/*
 * html.h - text in an HTML document.
 */
#ifndef HTML_H
#define HTML_H

#include "base/buf.h"

/*
 * Append `text`, of anybody, as it may stand in an element that holds text, such as <title>, and in
 * a quoted attribute value: &, <, >, " and ' become character references (HTML Standard §13.1.4).
 *
 * text is written as one line and cannot reorder what stands around it: each run of white space
 * becomes a space, none at the ends; control characters, noncharacters and bidirectional controls
 * (UAX #9 §2) are left out; each byte that is not UTF-8 becomes U+FFFD.
 */
void html_line(struct buf *to, struct slice text);

#endif

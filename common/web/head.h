/*
 * head.h - a page of the front end for programs that do not run it, such as search engines and
 * makers of link previews: index.html with a head that says what the page shows.
 *
 * The head has the title, the description, the canonical address (RFC 6596), the properties of Open
 * Graph (ogp.me), and for a crud the time after which search engines forget it
 * (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
 */
#ifndef HEAD_H
#define HEAD_H

#include <stdint.h>

#include "base/buf.h"

/* The subject of a page: a person, or a crud of theirs. Texts are UTF-8 and may be hostile. */
struct head {
	struct slice name;
	struct slice handle;
	struct slice text;  /* the bio, which may be empty, or the text of the crud */
	const char *crud;   /* its uuid; NULL: the page of the person */
	int64_t created_us; /* of the crud, in microseconds since 1970 */
	int64_t expires_us;
};

#define HEAD_PAGE_MAX ((size_t)64 << 10) /* bytes of index.html */

/*
 * Write the head, in place of the title and the description of index.html.
 * origin: of the pages, such as https://cruddur.example.
 * ret_page: gets the page. Its length is bounded: names and texts are cut to what the product
 * allows.
 * Returns 0; ERR_INTERNAL when `index` has no title; ERR_NO_MEMORY.
 */
int head_write(const struct head *head, const char *origin, struct slice index,
	       struct buf *ret_page) __attribute__((warn_unused_result));

/*
 * The same with the file index.html of `folder`, which is read each time: it may be replaced while
 * workers run.
 * Returns as head_write; ERR_INTERNAL when there is no such file, or it is longer than
 * HEAD_PAGE_MAX.
 */
int head_write_file(const struct head *head, const char *origin, const char *folder,
		    struct buf *ret_page) __attribute__((warn_unused_result));

#endif

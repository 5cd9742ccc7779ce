/*
 * fastcgi.h - FastCGI without blocking: a request as it arrives, and the records of an answer.
 *
 * The FastCGI Specification, version 1, §3 and §6. A record:
 *
 *	 0         1      2    3   4    5    6         7          8
 *	┌─────────┬──────┬────────┬────────┬─────────┬──────────┬───────────────────┐
 *	│ version │ type │ id     │ length │ padding │ reserved │ content, padding  │
 *	└─────────┴──────┴────────┴────────┴─────────┴──────────┴───────────────────┘
 *
 * nginx sends BEGIN_REQUEST, PARAMS, an empty PARAMS, and STDIN. A connection has one request, as a
 * responder; the reader takes nothing else. web/fcgi.h is for programs that serve one request at a
 * time with libfcgi, which blocks.
 */
#ifndef FASTCGI_H
#define FASTCGI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define FASTCGI_HEAD	    8
#define FASTCGI_CONTENT_MAX 65535u
#define FASTCGI_PARAMS_MAX  4096
#define FASTCGI_END_SIZE    (3 * FASTCGI_HEAD) /* bytes that end an answer */

/* A request that is read. The members are the reader's own. */
struct fastcgi {
	struct buf params;	   /* content of the PARAMS records */
	uint32_t content, padding; /* bytes of the current record that are still to come */
	uint16_t id;		   /* of the request; 0: it has not begun */
	uint8_t head[FASTCGI_HEAD];
	uint8_t head_len; /* bytes of the current record's head that have come */
	bool complete;
};

/* Begin to read. fastcgi_dispose frees the parameters; nothing else is allocated. */
void fastcgi_begin(struct fastcgi *in);
void fastcgi_dispose(struct fastcgi *in);

/*
 * Read what has come, in parts of any size. Once all parameters are there (fastcgi_complete), the
 * rest of the request, its body, is skipped.
 *
 * Returns 0; ERR_NOT_FOUND when nginx aborts the request; ERR_INVALID for anything that is not one
 * request to a responder with at most FASTCGI_PARAMS_MAX bytes of parameters; ERR_NO_MEMORY. After
 * an error the connection is of no further use.
 */
int fastcgi_feed(struct fastcgi *in, struct slice bytes) __attribute__((warn_unused_result));

/* Whether all parameters are there. */
bool fastcgi_complete(const struct fastcgi *in);

/*
 * The first parameter `name` of a complete request.
 * ret_value: borrowed until fastcgi_dispose.
 * Returns 0; ERR_NOT_FOUND.
 */
int fastcgi_param(const struct fastcgi *in, const char *name, struct slice *ret_value)
	__attribute__((warn_unused_result));

/*
 * Write the head of a STDOUT record for request `id` with `len` bytes of content, 1 to
 * FASTCGI_CONTENT_MAX. The content follows without padding.
 */
void fastcgi_head(uint16_t id, size_t len, unsigned char ret_head[FASTCGI_HEAD]);

/* Write the records that end the answer to request `id`: an empty STDOUT, and END_REQUEST. */
void fastcgi_end(uint16_t id, unsigned char ret_end[FASTCGI_END_SIZE]);

#endif

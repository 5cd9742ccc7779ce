/*
 * fcgi.h - where requests come from: FastCGI connections (libfcgi), or one plain CGI request.
 *
 * All of the product's use of libfcgi is in fcgi.c, because it goes beyond what that library
 * documents: libfcgi has no I/O timeout, cannot be told to stop, and waits for nginx to close.
 *
 *	fcgi_open
 *	loop:	fcgi_accept     blocks; the request's CGI variables are in *ret_env
 *		fcgi_read …     the body
 *		fcgi_write …    status, headers, body
 *		fcgi_finish
 *	fcgi_close
 */
#ifndef FCGI_H
#define FCGI_H

#include <stddef.h>

#include "base/slice.h"

struct fcgi;

/*
 * Open standard input: a listening socket is served as FastCGI until SIGTERM; anything else is one
 * CGI request (RFC 3875). Once per process; installs the handlers of SIGTERM, SIGALRM and SIGPIPE.
 *
 * ret_fcgi: for fcgi_close, which does nothing for NULL.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL when the signal handlers cannot be installed.
 */
int fcgi_open(struct fcgi **ret_fcgi) __attribute__((warn_unused_result));
void fcgi_close(struct fcgi *fcgi);

/*
 * Wait for the next request.
 * ret_env: its CGI variables, "NAME=value" and a NULL; borrowed until fcgi_finish.
 * Returns 0; ERR_NOT_FOUND when there is no further request: after SIGTERM, or after the one CGI
 * request; ERR_UNAVAILABLE when the system gives no connection (too many open files).
 */
int fcgi_accept(struct fcgi *fcgi, char *const **ret_env) __attribute__((warn_unused_result));

/* Read up to `len` bytes of the body. Returns how many came; fewer only at the end of the body. */
size_t fcgi_read(struct fcgi *fcgi, char *to, size_t len);

/* Read the rest of the body and throw it away. */
void fcgi_drain(struct fcgi *fcgi);

/* Write part of the answer. A client that has gone away is not an error. */
void fcgi_write(struct fcgi *fcgi, struct slice bytes);

/* End the request: send what is buffered and close its connection. */
void fcgi_finish(struct fcgi *fcgi);

#endif

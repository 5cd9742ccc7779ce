/*
 * url.h - the parts of a URL (RFC 3986), and whether secrets may be sent to it.
 */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

#include "base/slice.h"

/* Parts of "http://host:port/path?query#fragment", borrowed from the text. */
struct url {
	struct slice origin;	/* "http://host:port" */
	struct slice authority; /* "host:port" */
	struct slice target;	/* "/path?query"; empty when the URL ends with its authority */
};

/* Split `text`, an http or https URL. */
struct url url_split(const char *text);

/*
 * Whether the connection to the URL `text` is protected against reading and changing: https, or
 * http to an address that does not leave this machine (localhost, 127.0.0.0/8, ::1) or to one of
 * `hosts`. libcurl parses the URL, so the host that is checked is the host that libcurl connects
 * to.
 *
 * hosts: further host names or addresses (IPv6 in brackets, any notation), ended by NULL; or NULL.
 * Returns false also for a URL that cannot be parsed and when memory is exhausted.
 */
bool url_is_protected(const char *text, const char *const *hosts);

#endif

/*
 * resp.h - one response, whole in memory before its first byte leaves.
 */
#ifndef RESP_H
#define RESP_H

#include <stdbool.h>

#include "base/buf.h"
#include "web/req.h"
#include "json/jsonout.h"

#define RESP_CODES_MAX 12

struct resp {
	int status;
	struct buf body; /* JSON, or empty */
	struct jsonout out;
	const char *content_type;
	bool shared; /* the same for everybody: Cache-Control: no-cache */
	bool feed;   /* the same for all who send no token: nginx gives it to them for a second */
	struct buf headers;		   /* further lines, each "Name: value\r\n" */
	const char *codes[RESP_CODES_MAX]; /* of a 422: every code that applies; static strings */
	size_t codes_count;
	const char *allow; /* of a 405 */
};

/* The writer for a JSON body; the status stays 200. */
struct jsonout *resp_json(struct resp *resp);

/* Finish the JSON body. Returns 0, or what jsonout_end says. */
int resp_json_end(struct resp *resp);

/* An answer without a body: 204. Returns 0. */
int resp_empty(struct resp *resp);

/* Note a validation code (a static string); the same one twice counts once. */
void resp_invalid(struct resp *resp, const char *code);

/* Returns ERR_INVALID when resp_invalid was called, else 0. */
int resp_check(const struct resp *resp);

/*
 * Turn the response into the problem document of error `err` (RFC 9457): drops what was written,
 * sets status, body, and the headers that belong to it (WWW-Authenticate, Retry-After, Allow).
 */
void resp_problem(struct resp *resp, const struct req *req, int err);

/* The same with the document's object left open, for members of one's own (RFC 9457 §3.2). */
struct jsonout *resp_problem_open(struct resp *resp, const struct req *req, int err);

/* The reason phrase of a status that this program answers with (RFC 9110 §15). */
const char *resp_reason(int status);

#endif

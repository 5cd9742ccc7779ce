/*
 * resp.h - one response, whole in memory before its first byte leaves, so that its status can
 * change until then.
 */
#ifndef RESP_H
#define RESP_H

#include "base/buf.h"
#include "json/jsonout.h"

#define RESP_CODES_MAX 12

/*
 * A limit of the caller, which the answer tells in RateLimit-Policy and RateLimit
 * (draft-ietf-httpapi-ratelimit-headers-10).
 */
struct resp_limit {
	const char *name; /* a static string; NULL: the answer tells none */
	int most;	  /* in a window of `window_s` seconds */
	int window_s;
	int64_t rest; /* of `most` */
	int reset_s;  /* seconds until there is more; 0: not told */
};

struct resp {
	int status;
	struct buf body;    /* JSON, or empty */
	struct jsonout out; /* writes into body */
	const char *content_type;
	struct buf headers;		   /* further lines, each "Name: value\r\n" */
	const char *codes[RESP_CODES_MAX]; /* of a 422: every code that applies; static strings */
	size_t codes_count;
	struct resp_limit limit;
	const char *allow;	/* the methods that a 405 names */
	const char *request_id; /* for problem documents */
};

/* Begin a JSON body and return its writer; the status stays 200. */
struct jsonout *resp_json(struct resp *resp);

/* Finish the JSON body. Returns 0; as jsonout_end. */
int resp_json_end(struct resp *resp) __attribute__((warn_unused_result));

/* Answer 204 without a body. Returns 0. */
int resp_empty(struct resp *resp);

/* Add the validation code `code` (a static string); a second time it is ignored. */
void resp_add_code(struct resp *resp, const char *code);

/* Returns PROBLEM_INVALID when resp_add_code was called, else 0. */
int resp_check(const struct resp *resp) __attribute__((warn_unused_result));

/*
 * Turn the response into the problem document (RFC 9457) of `err`, an ERR_… or PROBLEM_… value:
 * drops what was written; sets status, body, and the headers that belong to the problem
 * (WWW-Authenticate, RFC 6750 §3; Retry-After, which is the limit's reset_s in a 429; Allow).
 */
void resp_problem(struct resp *resp, int err);

/* The same with the document's object left open, for extension members (RFC 9457 §3.2). */
struct jsonout *resp_problem_open(struct resp *resp, int err);

/* The reason phrase of an HTTP status that this program answers with (RFC 9110 §15). */
const char *resp_reason(int status);

#endif

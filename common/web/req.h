/*
 * req.h - one request: method, path, query, headers, body, and who sends it.
 *
 * Everything here is borrowed and lives until the request is answered.
 */
#ifndef REQ_H
#define REQ_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/uuid.h"

#define REQ_PARAMS_MAX	  4
#define REQ_ID_SIZE	  65 /* bytes of a request id with its NUL */
#define REQ_TRACE_ID_SIZE 33 /* the same of a trace id */

/* A part of the path that the pattern names, percent-decoded. */
struct req_param {
	struct slice name; /* {name} in the pattern */
	struct slice value;
};

/* The person who sends the request, as web/caller.c has found out. */
struct caller {
	char uuid[UUID_SIZE]; /* of a registered person; "" for anybody else */
	int64_t expires_s;    /* end of their token, seconds since 1970 */
	bool moderator;	      /* the token of this person says so */
	int64_t signed_in_s;  /* when they signed in, by their token; 0: it does not say */
};

struct req {
	const char *method; /* the route of a HEAD request sees GET; the loop omits the body */
	struct slice path;  /* as it was sent, without the query */
	struct slice query; /* as it was sent, without the "?" */
	char id[REQ_ID_SIZE];
	char trace_id[REQ_TRACE_ID_SIZE]; /* of the caller's trace (W3C Trace Context); or "" */
	struct caller caller;
	struct req_param params[REQ_PARAMS_MAX];
	size_t params_count;
	char *const *env;    /* CGI variables, "NAME=value", ended by NULL (RFC 3875) */
	struct slice body;   /* the whole body; at most LIMIT_BODY_BYTES */
	struct buf *scratch; /* keeps decoded text until the request is answered */
};

/* The value of a CGI variable, or NULL. A header is HTTP_NAME. */
const char *req_env(const struct req *req, const char *name);

/*
 * A header that may be sent only once. name: its CGI name, such as HTTP_IDEMPOTENCY_KEY.
 * Returns 0; ERR_NOT_FOUND when it was not sent; ERR_INVALID when it was sent more than once.
 */
int req_header_once(const struct req *req, const char *name, struct slice *ret_value)
	__attribute__((warn_unused_result));

/* The part {name} of the path; empty when the pattern has no such part. */
struct slice req_param(const struct req *req, const char *name);

/*
 * The part {name} of the path as a UUID in lower case.
 * Returns 0; ERR_NOT_FOUND when it is not a UUID: no resource has this path.
 */
int req_param_uuid(const struct req *req, const char *name, char ret_uuid[UUID_SIZE])
	__attribute__((warn_unused_result));

/*
 * The parameter `name` of the query string, decoded (application/x-www-form-urlencoded).
 * Returns 0; ERR_NOT_FOUND when it is missing; PROBLEM_QUERY_INVALID when it is given twice, or the
 * query does not decode to UTF-8 without NUL; ERR_NO_MEMORY.
 */
int req_query(const struct req *req, const char *name, struct slice *ret_value)
	__attribute__((warn_unused_result));

/*
 * The parameter `name` of the query string as a UUID in lower case.
 * ret_given: whether the parameter is there; only then ret_uuid is written.
 * Returns 0; ERR_INVALID when it is not a UUID; as req_query.
 */
int req_query_uuid(const struct req *req, const char *name, bool *ret_given,
		   char ret_uuid[UUID_SIZE]) __attribute__((warn_unused_result));

/*
 * The body as a JSON object.
 * ret_object: owned by the caller, for json_auto.
 * Returns 0; PROBLEM_CONTENT_TYPE unless the type is application/json (RFC 8259 §11; a charset, if
 * any, is utf-8); PROBLEM_JSON_MALFORMED; ERR_NO_MEMORY.
 */
int req_json(const struct req *req, json_object **ret_object) __attribute__((warn_unused_result));

/*
 * Match the path against `pattern`, segment by segment: literal text, {name} for one whole segment,
 * or @{name} for one after "@". Segments are percent-decoded; nothing is normalised, so "//", ".."
 * and a trailing "/" make other paths. On a match the params are set.
 * Returns 0; ERR_NOT_FOUND; ERR_NO_MEMORY.
 */
int req_match(struct req *req, const char *pattern) __attribute__((warn_unused_result));

#endif

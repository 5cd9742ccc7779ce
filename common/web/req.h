/*
 * req.h - one request: method, path, query, headers, body.
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

#define REQ_PARAMS_MAX 4
#define REQ_ID_SIZE    65

/* A named part of the path, percent-decoded: {name} in the route's pattern. */
struct req_param {
	const char *name;
	size_t name_len;
	struct slice value;
};

/* Who sends the request, as web/caller.c has found out. */
struct caller {
	char uuid[UUID_SIZE]; /* of a registered person; "" for anybody else */
};

struct req {
	const char *method; /* HEAD is handed to the route as GET; the loop leaves the body out */
	struct slice path;  /* as it was sent, without the query */
	struct slice query; /* as it was sent, without the "?" */
	char id[REQ_ID_SIZE];
	struct caller caller;
	struct req_param params[REQ_PARAMS_MAX];
	size_t params_count;
	char *const *env;    /* CGI variables, NULL-terminated "NAME=value" (RFC 3875) */
	struct slice body;   /* whole; at most LIMIT_BODY_BYTES */
	struct buf *scratch; /* where decoded text goes, and stays until the request is answered */
};

/* A CGI variable, or NULL. Headers are HTTP_NAME. */
const char *req_env(const struct req *req, const char *name);

/*
 * A header that may be sent once: `name` is its CGI name (HTTP_IDEMPOTENCY_KEY).
 * Returns 0; ERR_NOT_FOUND when it was not sent; ERR_INVALID when it was sent more than once.
 */
int req_header_once(const struct req *req, const char *name, struct slice *ret);

/* The part {name} of the path; `name` is in the route's pattern, or the result is empty. */
struct slice req_param(const struct req *req, const char *name);

/*
 * The part {name} of the path as a UUID in lower case.
 * Returns 0; ERR_NOT_FOUND when it is none: a path without a resource.
 */
int req_param_uuid(const struct req *req, const char *name, char ret_uuid[UUID_SIZE]);

/*
 * The parameter `name` of the query string, decoded (application/x-www-form-urlencoded).
 * Returns 0; ERR_NOT_FOUND when it is missing; PROBLEM_QUERY_INVALID when it is there twice or not
 * decodable to UTF-8 without NUL; ERR_NO_MEMORY.
 */
int req_query(const struct req *req, const char *name, struct slice *ret);

/*
 * The parameter `name` of the query string as a UUID in lower case.
 * ret_given: whether it is there. Returns 0; ERR_INVALID when it is no UUID; as req_query.
 */
int req_query_uuid(const struct req *req, const char *name, bool *ret_given,
		   char ret_uuid[UUID_SIZE]);

/*
 * The body as a JSON object.
 * ret_object: the caller's, for json_auto.
 * Returns 0; PROBLEM_CONTENT_TYPE unless it is application/json (a charset, if any, utf-8);
 * PROBLEM_JSON_MALFORMED; ERR_NO_MEMORY.
 */
int req_json(const struct req *req, json_object **ret_object);

/*
 * Match the path against `pattern`, segment by segment: literal text, or {name} for one whole
 * segment, or @{name} for one after "@". Nothing is normalised: "//", ".." and a trailing "/" are
 * other paths. On a match params are set.
 * Returns 0; ERR_NOT_FOUND; ERR_NO_MEMORY.
 */
int req_match(struct req *req, const char *pattern);

#endif

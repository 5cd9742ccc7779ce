/*
 * err.h - the errors of the whole program: one negative number, one HTTP status, one code.
 *
 * A function returns 0 or one of these. The codes and statuses are the API's (docs/openapi.yaml);
 * the problem documents that carry them follow RFC 9457.
 */
#ifndef ERR_H
#define ERR_H

/* name, HTTP status, code in `errors`, title of the problem document */
#define ERR_TABLE(X)                                                                               \
	X(ERR_JSON_MALFORMED, 400, "json_malformed", "The body is not a well-formed JSON object")  \
	X(ERR_LIMIT_INVALID, 400, "limit_invalid", "limit is a whole number from 1 to 100")        \
	X(ERR_CURSOR_INVALID, 400, "cursor_invalid", "cursor is not one that this list gave")      \
	X(ERR_AFTER_INVALID, 400, "after_invalid", "after is not a message of this conversation")  \
	X(ERR_QUERY_INVALID, 400, "query_invalid", "The query string is not well-formed")          \
	X(ERR_AUTHORIZATION_INVALID, 400, "authorization_invalid",                                 \
	  "Send one Authorization header")                                                         \
	X(ERR_IDEMPOTENCY_KEY_INVALID, 400, "idempotency_key_invalid",                             \
	  "Idempotency-Key is one header of 1 to 255 visible ASCII characters")                    \
	X(ERR_TOKEN_MISSING, 401, "token_missing", "Sign in to use this")                          \
	X(ERR_TOKEN_INVALID, 401, "token_invalid", "The access token is not valid")                \
	X(ERR_SCOPE, 403, "insufficient_scope", "The access token lacks a scope")                  \
	X(ERR_FORBIDDEN, 403, "forbidden", "This belongs to somebody else")                        \
	X(ERR_NOT_FOUND, 404, "not_found", "There is nothing here")                                \
	X(ERR_METHOD, 405, "method_not_allowed", "This method is not supported here")              \
	X(ERR_READ_STALE, 409, "read_stale", "A newer message has come meanwhile")                 \
	X(ERR_HANDLE_TAKEN, 409, "handle_taken", "Somebody else has this handle")                  \
	X(ERR_HANDLE_INVALID, 409, "handle_invalid", "The account's handle is not usable")         \
	X(ERR_HANDLE_MISSING, 409, "handle_missing", "The account has no handle")                  \
	X(ERR_BODY_TOO_LARGE, 413, "body_too_large", "The body is larger than 16 KiB")             \
	X(ERR_CONTENT_TYPE, 415, "content_type_unsupported", "Send application/json")              \
	X(ERR_INVALID, 422, "invalid", "The request cannot be carried out as it is")               \
	X(ERR_IDEMPOTENCY_KEY_REUSED, 422, "idempotency_key_reused",                               \
	  "This Idempotency-Key was used for another request")                                     \
	X(ERR_INTERNAL, 500, "internal", "Something went wrong here")                              \
	X(ERR_UNAVAILABLE, 503, "unavailable", "A service that this needs does not answer")        \
	X(ERR_OVERLOADED, 503, "overloaded", "Too busy to answer in time")                         \
	X(ERR_NO_MEMORY, 503, "out_of_memory", "Out of memory")                                    \
	/* Between modules only; whoever calls decides what they mean. */                          \
	X(ERR_CONDITION, 500, "condition", "A condition of a write did not hold")                  \
	X(ERR_CONFLICT, 500, "conflict", "A row with this key exists")

enum err {
	ERR_BASE_ = -1000, /* keeps the values apart from -1 of libraries */
#define ERR_ENUM_(name, status, code, title) name,
	ERR_TABLE(ERR_ENUM_)
#undef ERR_ENUM_
};

/*
 * The HTTP status, the code, and the title of error `err` (an ERR_… value).
 * Any other value is treated as ERR_INTERNAL. The strings are static.
 */
int err_status(int err);
const char *err_code(int err);
const char *err_title(int err);

#endif

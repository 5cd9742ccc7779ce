/*
 * problem.h - the problems of the API: HTTP status, error code, and detail of each answer that is
 * not a success.
 *
 * Statuses and codes are part of the API (docs/openapi.yaml); the documents that carry them follow
 * RFC 9457. A function of web/, domain/ or fcgi/ may return a PROBLEM_… value in place of an ERR_…
 * value.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

/* X(constant, HTTP status, code in `errors`, detail) */
#define PROBLEM_TABLE(X)                                                                           \
	X(PROBLEM_JSON_MALFORMED, 400, "json_malformed",                                           \
	  "The request body must be a well-formed JSON object")                                    \
	X(PROBLEM_LIMIT_INVALID, 400, "limit_invalid",                                             \
	  "limit must be a whole number from 1 to 100")                                            \
	X(PROBLEM_CURSOR_INVALID, 400, "cursor_invalid", "cursor must come from this list")        \
	X(PROBLEM_AFTER_INVALID, 400, "after_invalid", "after must be a version 7 uuid")           \
	X(PROBLEM_BEFORE_INVALID, 400, "before_invalid", "before must be a version 7 uuid")        \
	X(PROBLEM_AROUND_INVALID, 400, "around_invalid", "around must be a version 7 uuid")        \
	X(PROBLEM_STATE_INVALID, 400, "state_invalid", "state must be request")                    \
	X(PROBLEM_QUERY_INVALID, 400, "query_invalid",                                             \
	  "The query string is not well-formed, or two of its parameters exclude each other")      \
	X(PROBLEM_AUTHORIZATION_INVALID, 400, "authorization_invalid",                             \
	  "Send exactly one Authorization header")                                                 \
	X(PROBLEM_IDEMPOTENCY_KEY_INVALID, 400, "idempotency_key_invalid",                         \
	  "Idempotency-Key must be sent once, as 1 to 255 visible ASCII characters")               \
	X(PROBLEM_TOKEN_MISSING, 401, "token_missing", "Sign in to use this")                      \
	X(PROBLEM_TOKEN_INVALID, 401, "token_invalid", "The access token is not valid")            \
	X(PROBLEM_SCOPE, 403, "insufficient_scope", "The access token lacks a required scope")     \
	X(PROBLEM_ACCOUNT_SUSPENDED, 403, "account_suspended", "This account is suspended")        \
	X(PROBLEM_SIGN_IN_AGAIN, 403, "sign_in_again",                                             \
	  "Sign in again, and repeat this within five minutes")                                    \
	X(PROBLEM_CONVERSATION_CLOSED, 403, "conversation_closed",                                 \
	  "One of you blocks the other, so nothing can be written here")                           \
	X(PROBLEM_MODERATORS_ONLY, 403, "moderators_only", "Only moderators may do this")          \
	X(PROBLEM_MESSAGES_NOT_ACCEPTED, 403, "messages_not_accepted",                             \
	  "This person does not take first messages from you")                                     \
	X(PROBLEM_REQUEST_PENDING, 403, "request_pending",                                         \
	  "You can write more when this person has accepted the conversation")                     \
	X(PROBLEM_FORBIDDEN, 403, "forbidden", "This belongs to another person")                   \
	X(PROBLEM_NOT_FOUND, 404, "not_found", "Nothing was found here")                           \
	X(PROBLEM_METHOD, 405, "method_not_allowed", "This method is not allowed here")            \
	X(PROBLEM_READ_STALE, 409, "read_stale", "More than 100 messages came after this one")     \
	X(PROBLEM_REPORT_RESOLVED, 409, "report_resolved", "This report is resolved already")      \
	X(PROBLEM_HANDLE_TAKEN, 409, "handle_taken", "Another person has this handle")             \
	X(PROBLEM_HANDLE_INVALID, 409, "handle_invalid", "The account's handle cannot be used")    \
	X(PROBLEM_HANDLE_RESERVED, 409, "handle_reserved", "Nobody may have the account's handle") \
	X(PROBLEM_HANDLE_MISSING, 409, "handle_missing", "The account has no handle")              \
	X(PROBLEM_BODY_TOO_LARGE, 413, "body_too_large", "The request body is larger than 16 KiB") \
	X(PROBLEM_CONTENT_TYPE, 415, "content_type_unsupported",                                   \
	  "Send the request body as application/json")                                             \
	X(PROBLEM_INVALID, 422, "invalid", "The request does not pass validation")                 \
	X(PROBLEM_IDEMPOTENCY_KEY_REUSED, 422, "idempotency_key_reused",                           \
	  "This Idempotency-Key was used for a different request")                                 \
	X(PROBLEM_TOO_MANY_REQUESTS, 429, "too_many_requests", "Too many requests; wait a moment") \
	X(PROBLEM_QUOTA_EXCEEDED, 429, "quota_exceeded", "This is enough for 24 hours")            \
	X(PROBLEM_INTERNAL, 500, "internal", "Something went wrong on our side")                   \
	X(PROBLEM_UNAVAILABLE, 503, "unavailable", "A required service does not respond")          \
	X(PROBLEM_OVERLOADED, 503, "overloaded", "The service is busy; try again in a moment")     \
	X(PROBLEM_NO_MEMORY, 503, "out_of_memory",                                                 \
	  "The service is out of memory; try again in a moment")

enum problem {
	PROBLEM_BASE_ = -2000, /* below every ERR_… value */
#define PROBLEM_ENUM_(constant, status, code, detail) constant,
	PROBLEM_TABLE(PROBLEM_ENUM_)
#undef PROBLEM_ENUM_
		PROBLEM_END_
};

/*
 * The problem that a client is told for `err`, an ERR_… or PROBLEM_… value: a problem as it is;
 * ERR_NOT_FOUND, ERR_UNAVAILABLE, ERR_OVERLOADED and ERR_NO_MEMORY as the problem of that name;
 * ERR_REFERENCE as PROBLEM_NOT_FOUND; anything else is a bug that nobody caught, PROBLEM_INTERNAL.
 */
enum problem problem_of(int err);

/* The HTTP status, the code, and the detail of a problem. The strings are static. */
int problem_status(enum problem problem);
const char *problem_code(enum problem problem);
const char *problem_detail(enum problem problem);

#endif

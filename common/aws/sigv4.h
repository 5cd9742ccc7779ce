/*
 * sigv4.h - AWS Signature Version 4, the Authorization header of a request.
 *
 * In stages, each on its own, all pure functions of (time, credentials, request):
 *	canonical request -> string to sign -> signature by the day's key -> Authorization
 * AWS: "Create a signed AWS API request", Identity and Access Management user guide.
 */
#ifndef SIGV4_H
#define SIGV4_H

#include <stdint.h>

#include "base/buf.h"

#define SIGV4_TIME_SIZE	     17 /* 20261122T120000Z and a NUL */
#define SIGV4_KEY_SIZE	     32
#define SIGV4_SIGNATURE_SIZE 65 /* in hex, and a NUL */
#define SIGV4_HEADERS_MAX    16
#define SIGV4_SECRET_MAX     256
#define SIGV4_NAME_MAX	     64 /* of a region, of a service */

/* Credentials, borrowed. session_token.len is 0 when there is none. */
struct aws_keys {
	struct slice access_key_id;
	struct slice secret_access_key;
	struct slice session_token;
};

struct sigv4_header {
	struct slice name;
	struct slice value;
};

/*
 * What is signed. headers: every header that is to be signed, in any order and case, among them
 * Host, X-Amz-Date and, with a session token, X-Amz-Security-Token.
 */
struct sigv4_request {
	const char *method;
	struct slice path;  /* normalised and percent-encoded; "/" for DynamoDB */
	struct slice query; /* sorted and percent-encoded; empty for DynamoDB */
	struct sigv4_header headers[SIGV4_HEADERS_MAX];
	size_t headers_count;
	struct slice body;
};

/* Where and when: what a signature is valid for. */
struct sigv4_scope {
	const char *region;
	const char *service;
	char time[SIGV4_TIME_SIZE]; /* the value of X-Amz-Date; its first 8 characters are the day
				     */
};

/* The time as the signature writes it, from seconds since 1970. */
void sigv4_time(int64_t now_s, char ret_time[SIGV4_TIME_SIZE]);

/*
 * Append the canonical form of the request to `canonical` and the names of the signed headers
 * ("content-type;host;…") to `signed_headers`. Header names become lower case, values lose
 * surplus space, equal names are joined.
 * Returns 0; ERR_NO_MEMORY, also when a buffer is full; ERR_INTERNAL for too many headers.
 */
int sigv4_canonical_request(const struct sigv4_request *request, struct buf *canonical,
			    struct buf *signed_headers);

/* Append the string to sign. Returns 0; ERR_NO_MEMORY. */
int sigv4_string_to_sign(const struct sigv4_scope *scope, struct slice canonical, struct buf *text);

/*
 * Derive the signing key of a day, region and service.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL for a secret above SIGV4_SECRET_MAX bytes.
 */
int sigv4_key(const struct sigv4_scope *scope, struct slice secret,
	      unsigned char ret_key[SIGV4_KEY_SIZE]);

/* Sign `text` with `key`. Returns 0; ERR_NO_MEMORY. */
int sigv4_signature(const unsigned char key[SIGV4_KEY_SIZE], struct slice text,
		    char ret_signature[SIGV4_SIGNATURE_SIZE]);

/* A signer remembers the last signing key, for as long as what it was derived from is the same. */
struct sigv4;

/* Returns NULL when memory is exhausted. sigv4_free(NULL) does nothing; secrets are cleansed. */
struct sigv4 *sigv4_new(void);
void sigv4_free(struct sigv4 *sigv4);

/*
 * All stages: append the value of the Authorization header ("AWS4-HMAC-SHA256 Credential=…").
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL for credentials, a region or a service that is
 * longer than the maximum.
 */
int sigv4_authorization(struct sigv4 *sigv4, const struct sigv4_scope *scope,
			const struct aws_keys *keys, const struct sigv4_request *request,
			struct buf *authorization);

#endif

/*
 * sigv4.h - AWS Signature Version 4: the Authorization header of a request.
 *
 * The stages are pure functions of time, credentials and request:
 *
 *	request ──▶ canonical request          sigv4_canonical_request
 *	            POST
 *	            /
 *	            (query)
 *	            host:dynamodb.ca-central-1.amazonaws.com
 *	            x-amz-date:20261122T120000Z
 *	            (empty line)
 *	            host;x-amz-date
 *	            (SHA-256 of the body, in hex)
 *
 *	canonical request ──▶ string to sign   sigv4_string_to_sign
 *	            AWS4-HMAC-SHA256
 *	            20261122T120000Z
 *	            20261122/ca-central-1/dynamodb/aws4_request
 *	            (SHA-256 of the canonical request, in hex)
 *
 *	secret ──▶ key of the day              sigv4_key
 *	            HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), service), "aws4_request")
 *
 *	key, string to sign ──▶ signature      sigv4_signature
 *	            HMAC(key, string to sign), in hex
 *
 *	signature ──▶ Authorization            sigv4_authorization, all stages
 *	            AWS4-HMAC-SHA256 Credential=AKID/20261122/ca-central-1/dynamodb/aws4_request,
 *	            SignedHeaders=host;x-amz-date, Signature=…
 *
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

/* Credentials, borrowed. session_token may be empty. */
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
 * The signed parts of a request. headers: in any order and case; among them must be Host,
 * X-Amz-Date and, with a session token, X-Amz-Security-Token.
 */
struct sigv4_request {
	const char *method;
	struct slice path;  /* normalised and percent-encoded; "/" for DynamoDB */
	struct slice query; /* sorted and percent-encoded; empty for DynamoDB */
	struct sigv4_header headers[SIGV4_HEADERS_MAX];
	size_t headers_count;
	struct slice body;
};

/* A signature is valid for one region, service and time. */
struct sigv4_scope {
	const char *region;
	const char *service;
	char time[SIGV4_TIME_SIZE]; /* the value of X-Amz-Date; it begins with the day */
};

/* Write `now_s`, seconds since 1970, in the form of X-Amz-Date. */
void sigv4_time(int64_t now_s, char ret_time[SIGV4_TIME_SIZE]);

/*
 * Append the canonical form of the request to `canonical` and the names of the signed headers
 * ("content-type;host;…") to `signed_headers`. Names become lower case, values lose surplus white
 * space, headers with equal names are joined.
 * Returns 0; ERR_NO_MEMORY, also when a buffer is full; ERR_INTERNAL for more than
 * SIGV4_HEADERS_MAX headers.
 */
int sigv4_canonical_request(const struct sigv4_request *request, struct buf *canonical,
			    struct buf *signed_headers) __attribute__((warn_unused_result));

/* Append the string to sign to `text`. Returns 0; ERR_NO_MEMORY. */
int sigv4_string_to_sign(const struct sigv4_scope *scope, struct slice canonical, struct buf *text)
	__attribute__((warn_unused_result));

/*
 * Derive the signing key of a day, region and service.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL for a secret above SIGV4_SECRET_MAX bytes.
 */
int sigv4_key(const struct sigv4_scope *scope, struct slice secret,
	      unsigned char ret_key[SIGV4_KEY_SIZE]) __attribute__((warn_unused_result));

/* Sign `text` with `key`; the signature is in hex, with a NUL. Returns 0; ERR_NO_MEMORY. */
int sigv4_signature(const unsigned char key[SIGV4_KEY_SIZE], struct slice text,
		    char ret_signature[SIGV4_SIGNATURE_SIZE]) __attribute__((warn_unused_result));

/* A signer keeps the last signing key as long as secret, day, region and service are the same. */
struct sigv4;

/* Returns NULL when memory is exhausted. sigv4_free(NULL) does nothing; secrets are cleansed. */
struct sigv4 *sigv4_new(void);
void sigv4_free(struct sigv4 *sigv4);

/*
 * Append the value of the Authorization header ("AWS4-HMAC-SHA256 Credential=…") to
 * `authorization`: all stages.
 * Returns 0; ERR_NO_MEMORY, also when a buffer is full; ERR_INTERNAL when a secret, region or
 * service is longer than its maximum or there are too many headers.
 */
int sigv4_authorization(struct sigv4 *sigv4, const struct sigv4_scope *scope,
			const struct aws_keys *keys, const struct sigv4_request *request,
			struct buf *authorization) __attribute__((warn_unused_result));

#endif

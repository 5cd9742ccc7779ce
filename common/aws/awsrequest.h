/*
 * awsrequest.h - signed requests in AWS's JSON protocols.
 *
 *	POST / HTTP/1.1
 *	Content-Type: application/x-amz-json-1.0
 *	Host: dynamodb.ca-central-1.amazonaws.com
 *	X-Amz-Date: 20261122T120000Z
 *	X-Amz-Security-Token: …                        only with a session token
 *	X-Amz-Target: DynamoDB_20120810.Query          the operation
 *	Authorization: AWS4-HMAC-SHA256 Credential=…   sigv4.h
 *
 * AWS: "Protocols of AWS services" (awsJson 1.0 and 1.1); "Create a signed AWS API request".
 */
#ifndef AWSREQUEST_H
#define AWSREQUEST_H

#include "aws/sigv4.h"
#include "net/http.h"

/* Headers of AWS's answers, for http_request.wanted. */
#define AWSREQUEST_ID_HEADER	"x-amzn-RequestId" /* the id for AWS's support */
#define AWSREQUEST_CRC32_HEADER "X-Amz-Crc32"	   /* of the body, in decimal; only DynamoDB */

/* A service; all strings are borrowed. */
struct awsrequest_service {
	const char *endpoint; /* "https://dynamodb.ca-central-1.amazonaws.com" */
	const char *region;
	const char *name;	  /* in the signature: "dynamodb" */
	const char *target;	  /* in front of an operation: "DynamoDB_20120810" */
	const char *content_type; /* "application/x-amz-json-1.0" */
};

/* Writes the headers of requests to one service, and keeps the signing key of the day. */
struct awsrequest;

/* Returns NULL when memory is exhausted. awsrequest_free(NULL) does nothing; secrets are cleansed.
 */
struct awsrequest *awsrequest_new(const struct awsrequest_service *service);
void awsrequest_free(struct awsrequest *writer);

/*
 * Write and sign the request for `operation` with `body`, at `now_s` (seconds since 1970).
 *
 * request: receives method, URL, headers, body, and both headers above as wanted ones. The headers
 *          are borrowed until the next call; the timeout stays as it is.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL as sigv4_authorization.
 */
int awsrequest_sign(struct awsrequest *writer, const char *operation, struct slice body,
		    const struct aws_keys *keys, int64_t now_s, struct http_request *request)
	__attribute__((warn_unused_result));

#endif

/*
 * awsrequest.h - signed requests of the JSON protocols of AWS: a POST to "/" that names its
 * operation in X-Amz-Target.
 *
 * AWS: "Protocols of AWS services" (awsJson 1.0 and 1.1); "Create a signed AWS API request".
 */
#ifndef AWSREQUEST_H
#define AWSREQUEST_H

#include "aws/sigv4.h"
#include "net/http.h"

/* Who is asked; all of it borrowed. */
struct awsrequest_service {
	const char *endpoint; /* "https://dynamodb.ca-central-1.amazonaws.com" */
	const char *region;
	const char *name;	  /* as the signature has it: "dynamodb" */
	const char *target;	  /* in front of an operation: "DynamoDB_20120810" */
	const char *content_type; /* "application/x-amz-json-1.0" */
};

/* Writes the headers of one request after the other, and keeps the day's signing key. */
struct awsrequest;

/* Returns NULL when memory is exhausted. awsrequest_free(NULL) does nothing; secrets are cleansed.
 */
struct awsrequest *awsrequest_new(const struct awsrequest_service *service);
void awsrequest_free(struct awsrequest *writer);

/*
 * Write and sign the request for `operation` with `body`, at `now_s` (seconds since 1970).
 *
 * request: gets its method, URL, headers and body; the headers are borrowed until the next call,
 * the timeout stays as it is. Returns 0; ERR_NO_MEMORY; ERR_INTERNAL as sigv4_authorization.
 */
int awsrequest_sign(struct awsrequest *writer, const char *operation, struct slice body,
		    const struct aws_keys *keys, int64_t now_s, struct http_request *request);

#endif

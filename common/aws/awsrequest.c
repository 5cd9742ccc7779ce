/* awsrequest.c - see awsrequest.h. */
#include "aws/awsrequest.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define HEADER_MAX 16384 /* bytes of the token's and the signature's header */

struct awsrequest {
	struct awsrequest_service service;
	struct sigv4 *sigv4;
	char content_type[64], host[576], target[128];
	char date[sizeof("X-Amz-Date: ") + SIGV4_TIME_SIZE];
	struct buf token, authorization;
};

struct awsrequest *awsrequest_new(const struct awsrequest_service *service)
{
	struct awsrequest *writer = calloc(1, sizeof(*writer));
	const char *host = strstr(service->endpoint, "://");

	if (!writer)
		return NULL;
	writer->sigv4 = sigv4_new();
	if (!writer->sigv4) {
		free(writer);
		return NULL;
	}
	host = host ? host + 3 : service->endpoint;
	snprintf(writer->host, sizeof(writer->host), "Host: %.*s", (int)strcspn(host, "/"), host);
	snprintf(writer->content_type, sizeof(writer->content_type), "Content-Type: %s",
		 service->content_type);
	writer->service = *service;
	writer->token.max = HEADER_MAX;
	writer->authorization.max = HEADER_MAX;
	return writer;
}

void awsrequest_free(struct awsrequest *writer)
{
	if (!writer)
		return;
	sigv4_free(writer->sigv4);
	if (writer->token.data)
		OPENSSL_cleanse(writer->token.data, writer->token.cap);
	buf_dispose(&writer->token);
	buf_dispose(&writer->authorization);
	free(writer);
}

/* Split "Name: value". */
static struct sigv4_header signed_header(const char *header)
{
	const char *colon = strchr(header, ':');

	return (struct sigv4_header){{header, (size_t)(colon - header)}, slice_of(colon + 2)};
}

int awsrequest_sign(struct awsrequest *writer, const char *operation, struct slice body,
		    const struct aws_keys *keys, int64_t now_s, struct http_request *request)
{
	const struct awsrequest_service *service = &writer->service;
	struct sigv4_scope scope = {.region = service->region, .service = service->name};
	struct sigv4_request to_sign = {.method = "POST", .path = SLICE("/"), .body = body};
	size_t n = 0;
	int r;

	sigv4_time(now_s, scope.time);
	snprintf(writer->date, sizeof(writer->date), "X-Amz-Date: %s", scope.time);
	snprintf(writer->target, sizeof(writer->target), "X-Amz-Target: %s.%s", service->target,
		 operation);
	request->headers[n++] = writer->content_type;
	request->headers[n++] = writer->host;
	request->headers[n++] = writer->date;
	if (keys->session_token.len > 0) {
		buf_reset(&writer->token);
		buf_puts(&writer->token, "X-Amz-Security-Token: ");
		buf_append(&writer->token, keys->session_token.ptr, keys->session_token.len);
		if (writer->token.failed)
			return ERR_NO_MEMORY;
		request->headers[n++] = writer->token.data;
	}
	request->headers[n++] = writer->target;
	for (size_t i = 0; i < n; i++)
		to_sign.headers[i] = signed_header(request->headers[i]);
	to_sign.headers_count = n;

	buf_reset(&writer->authorization);
	buf_puts(&writer->authorization, "Authorization: ");
	r = sigv4_authorization(writer->sigv4, &scope, keys, &to_sign, &writer->authorization);
	if (r < 0)
		return r;
	request->headers[n++] = writer->authorization.data;
	request->headers[n] = NULL;
	request->method = to_sign.method;
	request->url = service->endpoint;
	request->body = body;
	request->wanted[0] = AWSREQUEST_ID_HEADER;
	request->wanted[1] = AWSREQUEST_CRC32_HEADER;
	return 0;
}

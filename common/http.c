/* http.c - what http.h says. */
#include "http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "err.h"

#define CONNECT_MS_MAX 1000

struct http {
	CURL *curl; /* NULL before the first request and after a failed transfer */
	char problem[CURL_ERROR_SIZE];
};

int http_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : ERR_NO_MEMORY;
}

struct http *http_new(void)
{
	return calloc(1, sizeof(struct http));
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	free(http);
}

static size_t receive(char *bytes, size_t size, size_t count, void *body)
{
	struct buf *buf = body;

	buf_append(buf, bytes, size * count);
	return buf->failed ? 0 : size * count; /* 0 ends the transfer */
}

/* The number in the answer's header `name`, or -1. */
static int64_t header_number(CURL *curl, const char *name)
{
	struct curl_header *found;
	char *end;
	long long number;

	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return -1;
	number = strtoll(found->value, &end, 10);
	return end == found->value || number < 0 ? -1 : number;
}

static void set_options(CURL *curl, const struct http_request *request)
{
	int64_t connect_ms =
		request->timeout_ms < CONNECT_MS_MAX ? request->timeout_ms : CONNECT_MS_MAX;

	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	if (request->body.ptr) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.ptr);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
	}
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	/* A proxy of the environment must not see what goes to the metadata addresses. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      struct http_response *ret_response)
{
	/* The list is ours, on the stack: libcurl only reads it. */
	struct curl_slist headers[HTTP_HEADERS_MAX + 1];
	size_t count = 0;
	long status = 0;
	CURLcode code;

	buf_reset(body);
	http->problem[0] = '\0';
	if (!http->curl)
		http->curl = curl_easy_init();
	if (!http->curl)
		return ERR_NO_MEMORY;

	while (count < HTTP_HEADERS_MAX && request->headers[count]) {
		headers[count].data = (char *)request->headers[count];
		count++;
	}
	/* No waiting for "100 Continue" before a large body. */
	headers[count].data = (char[]){"Expect:"};
	headers[count].next = NULL;
	for (size_t i = 0; i < count; i++)
		headers[i].next = &headers[i + 1];

	curl_easy_reset(http->curl);
	set_options(http->curl, request);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, http->problem);

	code = curl_easy_perform(http->curl);
	if (code != CURLE_OK) {
		if (body->failed)
			snprintf(http->problem, sizeof(http->problem),
				 "The answer is larger than %zu bytes", body->max);
		else if (http->problem[0] == '\0')
			snprintf(http->problem, sizeof(http->problem), "%s",
				 curl_easy_strerror(code));
		curl_easy_cleanup(http->curl);
		http->curl = NULL;
		return code == CURLE_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_UNAVAILABLE;
	}
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	*ret_response = (struct http_response){
		.status = (int)status,
		.crc32 = header_number(http->curl, "X-Amz-Crc32"),
	};
	return 0;
}

const char *http_problem(const struct http *http)
{
	return http->problem;
}

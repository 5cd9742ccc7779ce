/*
 * sigv4_sign.c - prints our Authorization header for each request on standard input, for
 * sigv4_oracle.py. A request is a JSON object on one line: method, path, query, headers ([name,
 * value]…, all of them signed), body, region, service, time (X-Amz-Date), access_key_id,
 * secret_access_key.
 */
#include <stdio.h>
#include <stdlib.h>

#include "aws/sigv4.h"
#include "json/jsonin.h"

static int sign(struct sigv4 *sigv4, const json_object *line, struct buf *authorization)
{
	struct sigv4_request request = {0};
	struct sigv4_scope scope = {0};
	struct aws_keys keys = {0};
	struct slice method, region, service, time;
	char method_text[16], region_text[64], service_text[64];
	json_object *headers;

	if (jsonin_string(line, "method", &method) < 0 ||
	    jsonin_string(line, "path", &request.path) < 0 ||
	    jsonin_string(line, "query", &request.query) < 0 ||
	    jsonin_string(line, "body", &request.body) < 0 ||
	    jsonin_string(line, "region", &region) < 0 ||
	    jsonin_string(line, "service", &service) < 0 ||
	    jsonin_string(line, "time", &time) < 0 ||
	    jsonin_string(line, "access_key_id", &keys.access_key_id) < 0 ||
	    jsonin_string(line, "secret_access_key", &keys.secret_access_key) < 0 ||
	    jsonin_array(line, "headers", &headers) < 0 ||
	    json_object_array_length(headers) > SIGV4_HEADERS_MAX ||
	    !slice_copy(method, method_text, sizeof(method_text)) ||
	    !slice_copy(region, region_text, sizeof(region_text)) ||
	    !slice_copy(service, service_text, sizeof(service_text)) ||
	    !slice_copy(time, scope.time, sizeof(scope.time)))
		return -1;
	for (size_t i = 0; i < json_object_array_length(headers); i++) {
		json_object *pair = json_object_array_get_idx(headers, i);
		json_object *name = json_object_array_get_idx(pair, 0);
		json_object *value = json_object_array_get_idx(pair, 1);

		request.headers[request.headers_count++] = (struct sigv4_header){
			{json_object_get_string(name), (size_t)json_object_get_string_len(name)},
			{json_object_get_string(value), (size_t)json_object_get_string_len(value)}};
	}
	request.method = method_text;
	scope.region = region_text;
	scope.service = service_text;
	return sigv4_authorization(sigv4, &scope, &keys, &request, authorization);
}

int main(void)
{
	/* One signer for all requests: its cache must not affect the next request. */
	struct sigv4 *sigv4 = sigv4_new();
	buf_auto authorization = BUF_INIT(64 * 1024);
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	while (sigv4 && (len = getline(&text, &size, stdin)) > 0) {
		json_auto *line = NULL;

		buf_reset(&authorization);
		if (jsonin_object((struct slice){text, (size_t)len}, &line) < 0 ||
		    sign(sigv4, line, &authorization) < 0)
			puts("error");
		else
			puts(authorization.data);
	}
	free(text);
	sigv4_free(sigv4);
	return 0;
}

/*
 * answer.h - replaces common/net/http.c when a fuzz target is linked. The answer to every request
 * is the input of the target.
 *
 * First line of the input: the status; the rest is the body. The status "0" means no answer.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "base/err.h"
#include "fuzz.h"
#include "net/http.h"
#include "run/budget.h"

struct http {
	char nothing;
};

static struct slice answer_input;
static struct budget answer_budget;

struct http *http_new(void)
{
	return calloc(1, sizeof(struct http));
}

void http_free(struct http *http)
{
	free(http);
}

int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      int *ret_status)
{
	struct slice rest = answer_input;
	struct slice line = fuzz_line(&rest);
	char status[8] = "";

	(void)http;
	(void)request;
	buf_reset(body);
	/* Leave no time for a retry: each input is one answer. */
	answer_budget.deadline_ms = 0;
	(void)slice_copy(line, status, sizeof(status));
	*ret_status = (int)strtol(status, NULL, 10) % 1000;
	if (*ret_status <= 0)
		return ERR_UNAVAILABLE;
	buf_append(body, rest.ptr, rest.len);
	return body->failed ? ERR_UNAVAILABLE : 0;
}

const char *http_header(const struct http *http, const char *name)
{
	(void)http;
	(void)name;
	return NULL;
}

const char *http_problem(const struct http *http)
{
	(void)http;
	return "injected by the target";
}

/* Start with an input: a request with its full time budget and a closed circuit breaker. */
static inline void answer_begin(const uint8_t *data, size_t size)
{
	memset(&answer_budget, 0, sizeof(answer_budget));
	budget_start(&answer_budget, BUDGET_REQUEST_MS);
	answer_input = (struct slice){(const char *)data, size};
}

#endif

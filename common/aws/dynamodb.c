/* dynamodb.c - what dynamodb.h says. */
#include "aws/dynamodb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "aws/awsrequest.h"
#include "aws/credentials.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/uuid.h"
#include "net/http.h"
#include "run/metrics.h"
#include "json/jsonscan.h"

#define ATTEMPT_MS     1500
#define BACKOFF_MS     25
#define BACKOFF_MS_MAX 500
#define REQUEST_MAX    1048576
#define ANSWER_MAX     8388608 /* a page of 1 MB, with every character escaped */
#define MESSAGE_MAX    300     /* of an error's message that is kept */

struct dynamodb {
	const struct config *config;
	struct budget *budget;
	struct http *http;
	struct credentials *credentials;
	struct awsrequest *writer;

	struct buf request;
	struct jsonout out;

	struct buf received;
	struct buf text; /* a copy of it: reading unescapes in place */
	struct dynamodb_answer answer;
	struct item *items;
	size_t items_max;
	struct slice unprocessed; /* UnprocessedItems of a BatchWriteItem; len 0: nothing is left */
	struct slice error;	  /* type and message of a refusal */
	struct slice message;

	char refused[64]; /* type of the last refusal */
	char problem[512];
};

/* What an attempt came to, and so what is next. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_CONDITION,
	OUTCOME_REST,	 /* some of a batch is left */
	OUTCOME_REPEAT,	 /* it may be done or not; the identical request may mend it */
	OUTCOME_EXPIRED, /* the credentials have */
	OUTCOME_DENIED,	 /* a matter for operators */
	OUTCOME_REFUSED, /* the request is wrong */
};

static const struct {
	const char *error;
	enum outcome outcome;
} outcomes[] = {
	{"ConditionalCheckFailedException", OUTCOME_CONDITION},
	{"ProvisionedThroughputExceededException", OUTCOME_REPEAT},
	{"ThrottlingException", OUTCOME_REPEAT},
	{"RequestLimitExceeded", OUTCOME_REPEAT},
	{"TransactionConflictException", OUTCOME_REPEAT},
	{"TransactionInProgressException", OUTCOME_REPEAT},
	{"ExpiredTokenException", OUTCOME_EXPIRED},
	{"ResourceNotFoundException", OUTCOME_DENIED},
	{"AccessDeniedException", OUTCOME_DENIED},
	{"UnrecognizedClientException", OUTCOME_DENIED},
	{"InvalidSignatureException", OUTCOME_DENIED},
	{"IncompleteSignatureException", OUTCOME_DENIED},
	{"MissingAuthenticationTokenException", OUTCOME_DENIED},
};

static const struct {
	const char *code;
	enum reason reason;
} reasons[] = {
	{"None", REASON_NONE},
	{"ConditionalCheckFailed", REASON_CONDITION},
	{"TransactionConflict", REASON_CONFLICT},
	{"ProvisionedThroughputExceeded", REASON_THROTTLED},
	{"ThrottlingError", REASON_THROTTLED},
};

static void set_problem(struct dynamodb *dynamodb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One line of ASCII, whatever a message of the service holds. */
static void set_problem(struct dynamodb *dynamodb, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dynamodb->problem, sizeof(dynamodb->problem), format, args);
	va_end(args);
	for (char *at = dynamodb->problem; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

struct dynamodb *dynamodb_new(const struct config *config, struct budget *budget)
{
	struct dynamodb *dynamodb = calloc(1, sizeof(*dynamodb));
	const struct awsrequest_service service = {
		.endpoint = config->dynamodb_endpoint,
		.region = config->region,
		.name = "dynamodb",
		.target = "DynamoDB_20120810",
		.content_type = "application/x-amz-json-1.0",
	};

	if (!dynamodb)
		return NULL;
	dynamodb->config = config;
	dynamodb->budget = budget;
	dynamodb->http = http_new();
	dynamodb->credentials = credentials_new();
	dynamodb->writer = awsrequest_new(&service);
	if (!dynamodb->http || !dynamodb->credentials || !dynamodb->writer) {
		dynamodb_free(dynamodb);
		return NULL;
	}
	dynamodb->request.max = REQUEST_MAX;
	dynamodb->received.max = ANSWER_MAX;
	dynamodb->text.max = ANSWER_MAX;
	return dynamodb;
}

void dynamodb_free(struct dynamodb *dynamodb)
{
	if (!dynamodb)
		return;
	http_free(dynamodb->http);
	credentials_free(dynamodb->credentials);
	awsrequest_free(dynamodb->writer);
	buf_dispose(&dynamodb->request);
	buf_dispose(&dynamodb->received);
	buf_dispose(&dynamodb->text);
	free(dynamodb->items);
	free(dynamodb);
}

const char *dynamodb_id(const struct dynamodb *dynamodb)
{
	return http_id(dynamodb->http);
}

const char *dynamodb_problem(const struct dynamodb *dynamodb)
{
	return dynamodb->problem;
}

bool dynamodb_refused(const struct dynamodb *dynamodb, const char *type)
{
	return strcmp(dynamodb->refused, type) == 0;
}

static void forget_answer(struct dynamodb *dynamodb)
{
	struct dynamodb_answer *answer = &dynamodb->answer;

	answer->items = NULL;
	answer->count = 0;
	answer->last_key.count = 0;
	answer->attributes.count = 0;
	answer->reasons_count = 0;
	answer->body = (struct slice){0};
	dynamodb->unprocessed = (struct slice){0};
	dynamodb->error = (struct slice){0};
	dynamodb->message = (struct slice){0};
	dynamodb->refused[0] = '\0';
}

static void begin_request(struct dynamodb *dynamodb)
{
	buf_reset(&dynamodb->request);
	jsonout_begin(&dynamodb->out, &dynamodb->request);
	jsonout_object(&dynamodb->out);
}

static int end_request(struct dynamodb *dynamodb)
{
	int r;

	jsonout_object_end(&dynamodb->out);
	r = jsonout_end(&dynamodb->out);
	if (r < 0)
		set_problem(dynamodb, "The request cannot be written");
	return r;
}

struct jsonout *dynamodb_request(struct dynamodb *dynamodb)
{
	forget_answer(dynamodb);
	dynamodb->problem[0] = '\0';
	begin_request(dynamodb);
	return &dynamodb->out;
}

/* --- reading the answer ---------------------------------------------------------------------- */

/* Room for one more item, which is not counted yet; NULL when memory is exhausted. */
static struct item *next_item(struct dynamodb *dynamodb)
{
	size_t count = dynamodb->answer.count;

	if (count == dynamodb->items_max) {
		size_t max = count > 0 ? 2 * count : 32;
		struct item *items = reallocarray(dynamodb->items, max, sizeof(*items));

		if (!items)
			return NULL;
		dynamodb->items = items;
		dynamodb->items_max = max;
	}
	return &dynamodb->items[count];
}

static void read_item(struct dynamodb *dynamodb, struct jsonscan *scan)
{
	struct item *item = next_item(dynamodb);

	if (item && item_read(scan, item))
		dynamodb->answer.count++;
	else
		scan->failed = true;
}

static void read_reason(struct dynamodb *dynamodb, struct jsonscan *scan)
{
	struct dynamodb_answer *answer = &dynamodb->answer;
	struct slice key, code = {0};
	size_t n = answer->reasons_count;

	if (n == TRANSACTION_MAX) {
		scan->failed = true;
		return;
	}
	answer->reasons[n].item.count = 0;
	answer->reasons[n].reason = REASON_OTHER;
	jsonscan_object(scan);
	while (jsonscan_member(scan, &key)) {
		if (slice_is(key, "Code"))
			jsonscan_string(scan, &code);
		else if (slice_is(key, "Item") && jsonscan_peek(scan) == JSONSCAN_OBJECT)
			item_read(scan, &answer->reasons[n].item);
		else
			jsonscan_skip(scan);
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (slice_is(code, reasons[i].code))
			answer->reasons[n].reason = reasons[i].reason;
	answer->reasons_count++;
}

/* Read a BatchWriteItem's rest as it stands, to be sent again. */
static void read_unprocessed(struct dynamodb *dynamodb, struct jsonscan *scan)
{
	size_t members = scan->members;
	const char *from;

	jsonscan_peek(scan);
	from = scan->at;
	jsonscan_skip(scan);
	if (scan->members > members)
		dynamodb->unprocessed = (struct slice){from, (size_t)(scan->at - from)};
}

static void read_member(struct dynamodb *dynamodb, struct slice key, bool success,
			struct jsonscan *scan)
{
	struct dynamodb_answer *answer = &dynamodb->answer;
	enum jsonscan_type type = jsonscan_peek(scan);

	if (slice_is(key, "Items") && type == JSONSCAN_ARRAY) {
		jsonscan_array(scan);
		while (jsonscan_element(scan))
			read_item(dynamodb, scan);
	} else if (slice_is(key, "Item") && type == JSONSCAN_OBJECT) {
		if (success)
			read_item(dynamodb, scan);
		else
			item_read(scan, &answer->attributes);
	} else if (slice_is(key, "LastEvaluatedKey") && type == JSONSCAN_OBJECT) {
		item_read(scan, &answer->last_key);
	} else if (slice_is(key, "Attributes") && type == JSONSCAN_OBJECT) {
		item_read(scan, &answer->attributes);
	} else if (slice_is(key, "UnprocessedItems")) {
		read_unprocessed(dynamodb, scan);
	} else if (slice_is(key, "CancellationReasons") && type == JSONSCAN_ARRAY) {
		jsonscan_array(scan);
		while (jsonscan_element(scan))
			read_reason(dynamodb, scan);
	} else if (slice_is(key, "__type") && type == JSONSCAN_STRING) {
		jsonscan_string(scan, &dynamodb->error);
	} else if ((slice_is(key, "message") || slice_is(key, "Message")) &&
		   type == JSONSCAN_STRING) {
		jsonscan_string(scan, &dynamodb->message);
	} else {
		jsonscan_skip(scan);
	}
}

/* Read what was received. False when it is not a whole JSON object of the expected shape. */
static bool read_answer(struct dynamodb *dynamodb, bool success)
{
	struct jsonscan scan;
	struct slice key;
	const char *hash;

	forget_answer(dynamodb);
	buf_reset(&dynamodb->text);
	buf_append(&dynamodb->text, dynamodb->received.data, dynamodb->received.len);
	if (dynamodb->text.failed)
		return false;
	jsonscan_begin(&scan, dynamodb->text.data, dynamodb->text.len, JSONSCAN_DEPTH_MAX);
	jsonscan_object(&scan);
	while (jsonscan_member(&scan, &key))
		read_member(dynamodb, key, success, &scan);
	if (!jsonscan_end(&scan))
		return false;

	dynamodb->answer.items = dynamodb->items;
	dynamodb->answer.body = buf_slice(&dynamodb->received);
	/* The type may come with its namespace, com.amazonaws.dynamodb.v20120810#Type. */
	hash = dynamodb->error.len > 0 ? memchr(dynamodb->error.ptr, '#', dynamodb->error.len)
				       : NULL;
	if (hash)
		dynamodb->error =
			(struct slice){hash + 1, dynamodb->error.len -
							 (size_t)(hash + 1 - dynamodb->error.ptr)};
	return true;
}

/*
 * A cancelled transaction: one condition that failed decides; only conflicts and throttling can
 * pass by themselves; anything else is wrong with the request.
 */
static enum outcome judge_cancellation(const struct dynamodb_answer *answer)
{
	size_t seen[REASON_OTHER + 1] = {0};

	for (size_t i = 0; i < answer->reasons_count; i++)
		seen[answer->reasons[i].reason]++;
	if (seen[REASON_OTHER] > 0)
		return OUTCOME_REFUSED;
	if (seen[REASON_CONDITION] > 0)
		return OUTCOME_CONDITION;
	return seen[REASON_CONFLICT] + seen[REASON_THROTTLED] > 0 ? OUTCOME_REPEAT
								  : OUTCOME_REFUSED;
}

static enum outcome judge_refusal(struct dynamodb *dynamodb, int status)
{
	struct slice error = dynamodb->error;
	struct slice message = dynamodb->message.len > 0 ? dynamodb->message : SLICE("no message");

	snprintf(dynamodb->refused, sizeof(dynamodb->refused), "%.*s", (int)error.len,
		 error.len > 0 ? error.ptr : "");
	set_problem(dynamodb, "%s: %.*s", error.len > 0 ? dynamodb->refused : "no error type",
		    (int)(message.len < MESSAGE_MAX ? message.len : MESSAGE_MAX), message.ptr);
	if (slice_is(error, "TransactionCanceledException"))
		return judge_cancellation(&dynamodb->answer);
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (slice_is(error, outcomes[i].error))
			return outcomes[i].outcome;
	return status >= 500 || status == 429 ? OUTCOME_REPEAT : OUTCOME_REFUSED;
}

/* AWS means the CRC-32 of zlib and Ethernet. */
static int64_t crc32_of(const struct buf *bytes)
{
	return (int64_t)crc32_z(0, (const Bytef *)bytes->data, bytes->len);
}

/* ret_answered: whether this is an answer of a DynamoDB that works. */
static enum outcome judge(struct dynamodb *dynamodb, const struct http_response *response,
			  bool *ret_answered)
{
	bool success = response->status == 200;

	*ret_answered = response->status < 500;
	if (response->crc32 >= 0 && response->crc32 != crc32_of(&dynamodb->received)) {
		set_problem(dynamodb, "The answer does not match its X-Amz-Crc32");
		*ret_answered = false;
		return OUTCOME_REPEAT;
	}
	if (!read_answer(dynamodb, success)) {
		set_problem(dynamodb,
			    "HTTP %d: the answer cannot be read (it is cut short, or an item has "
			    "more than %d attributes)",
			    response->status, ITEM_ATTRIBUTES_MAX);
		*ret_answered = false;
		return OUTCOME_REPEAT; /* whatever its status: it does not say what happened */
	}
	if (!success)
		return judge_refusal(dynamodb, response->status);
	return dynamodb->unprocessed.len > 0 ? OUTCOME_REST : OUTCOME_DONE;
}

/* --- sending --------------------------------------------------------------------------------- */

/* Sign and send the request once. ret_outcome is written when it returns 0: it was sent. */
static int attempt(struct dynamodb *dynamodb, const char *operation, enum outcome *ret_outcome)
{
	struct http_request request = {0};
	struct http_response response;
	struct aws_keys keys;
	int64_t now_s = clock_now_us() / 1000000;
	int64_t started_us;
	bool answered;
	int r;

	/* Asked first, so that nothing is spent on a dependency that is left alone. */
	r = budget_ask(dynamodb->budget, DEP_DYNAMODB, ATTEMPT_MS, &request.timeout_ms);
	if (r < 0)
		return r;
	r = credentials_get(dynamodb->credentials, now_s, budget_left_ms(dynamodb->budget), &keys);
	if (r < 0) {
		set_problem(dynamodb, "%s", credentials_problem(dynamodb->credentials));
		return r;
	}
	r = budget_ask(dynamodb->budget, DEP_DYNAMODB, ATTEMPT_MS, &request.timeout_ms);
	if (r < 0)
		return r;

	r = awsrequest_sign(dynamodb->writer, operation, buf_slice(&dynamodb->request), &keys,
			    now_s, &request);
	if (r < 0) {
		set_problem(dynamodb, "The request cannot be signed");
		return r;
	}

	started_us = clock_monotonic_us();
	r = http_send(dynamodb->http, &request, &dynamodb->received, &response);
	if (r < 0) {
		set_problem(dynamodb, "%s", http_problem(dynamodb->http));
		*ret_outcome = OUTCOME_REPEAT;
		answered = false;
	} else {
		*ret_outcome = judge(dynamodb, &response, &answered);
	}
	budget_book(dynamodb->budget, DEP_DYNAMODB, operation, started_us, answered);
	return 0;
}

/* Sleep before the next attempt. False when that would pass the deadline. */
static bool back_off(const struct dynamodb *dynamodb, unsigned attempts)
{
	int64_t bound_ms = attempts < 5 ? BACKOFF_MS << attempts : BACKOFF_MS_MAX;
	int64_t ms;

	if (bound_ms > BACKOFF_MS_MAX)
		bound_ms = BACKOFF_MS_MAX;
	ms = arc4random_uniform((uint32_t)bound_ms + 1);
	if (ms >= budget_left_ms(dynamodb->budget))
		return false;
	clock_sleep_ms(ms);
	return true;
}

int dynamodb_send(struct dynamodb *dynamodb, const char *operation,
		  const struct dynamodb_answer **ret_answer)
{
	enum outcome outcome;
	char token[UUID_SIZE];
	bool renewed = false;
	int r;

	if (strcmp(operation, "TransactWriteItems") == 0) {
		r = uuid_v4(token);
		if (r < 0)
			return r;
		jsonout_member_text(&dynamodb->out, "ClientRequestToken", token);
	}
	r = end_request(dynamodb);
	if (r < 0)
		return r;

	for (unsigned attempts = 0;; attempts++) {
		r = attempt(dynamodb, operation, &outcome);
		if (r == 0 && attempts > 0)
			metrics_retry(dynamodb->budget->metrics, DEP_DYNAMODB);
		if (r < 0 && dynamodb->problem[0] == '\0')
			set_problem(dynamodb, r == ERR_OVERLOADED
						      ? "No time left"
						      : "DynamoDB is left alone for a moment");
		/* Cut off among repetitions: the cause is what made them necessary. */
		if (r == ERR_OVERLOADED && attempts > 0)
			return ERR_UNAVAILABLE;
		if (r < 0)
			return r;
		switch (outcome) {
		case OUTCOME_DONE:
			*ret_answer = &dynamodb->answer;
			return 0;
		case OUTCOME_CONDITION:
			*ret_answer = &dynamodb->answer;
			return ERR_CONDITION;
		case OUTCOME_DENIED:
			return ERR_UNAVAILABLE;
		case OUTCOME_REFUSED:
			return ERR_INTERNAL;
		case OUTCOME_EXPIRED:
			if (renewed)
				return ERR_UNAVAILABLE;
			renewed = true;
			credentials_expire(dynamodb->credentials);
			continue;
		case OUTCOME_REST:
			set_problem(dynamodb, "Some of the batch is left unprocessed");
			begin_request(dynamodb);
			jsonout_key(&dynamodb->out, "RequestItems");
			jsonout_raw(&dynamodb->out, dynamodb->unprocessed);
			r = end_request(dynamodb);
			if (r < 0)
				return r;
			break;
		case OUTCOME_REPEAT:
			break;
		}
		if (!back_off(dynamodb, attempts))
			return ERR_UNAVAILABLE;
	}
}

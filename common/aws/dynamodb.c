/* dynamodb.c - see dynamodb.h. */
#include "aws/dynamodb.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "aws/aws_error.h"
#include "aws/awsrequest.h"
#include "aws/credentials.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/note.h"
#include "json/jsonscan.h"
#include "net/http.h"
#include "run/metrics.h"

#define BACKOFF_MS     25
#define BACKOFF_MS_MAX 500
#define REQUEST_MAX    1048576
#define ANSWER_MAX     8388608 /* a page of 1 MB, with every character escaped */
#define MESSAGE_MAX    300     /* bytes of an error's message that are kept */

struct dynamodb {
	const struct config *config;
	struct budget *budget;
	struct http *http;
	struct credentials *credentials;
	struct awsrequest *writer;

	const struct request_form *form; /* of the last request, or NULL */
	struct buf body;

	struct buf received;
	struct buf text; /* a copy of what was received: reading unescapes in place */
	struct dynamodb_answer answer;
	struct item *items;
	size_t items_max;
	struct slice
		unprocessed; /* UnprocessedItems of a BatchWriteItem; len 0: all are processed */
	struct slice error;  /* type and message of a refusal */
	struct slice message;

	char refused[64]; /* type of the last refusal */
	struct note problem;
};

/* The result of one attempt. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_CONDITION,   /* a condition failed */
	OUTCOME_DENIED,	     /* operators have to mend something */
	OUTCOME_REFUSED,     /* the request is wrong */
	OUTCOME_REPEAT,	     /* unknown or not yet: the identical request again */
	OUTCOME_UNPROCESSED, /* a part of a batch has to be sent again */
	OUTCOME_EXPIRED,     /* again with new credentials */
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
	dynamodb->credentials = credentials_new(config->sts_endpoint);
	dynamodb->writer = awsrequest_new(&service);
	if (!dynamodb->http || !dynamodb->credentials || !dynamodb->writer) {
		dynamodb_free(dynamodb);
		return NULL;
	}
	dynamodb->body.max = REQUEST_MAX;
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
	buf_dispose(&dynamodb->body);
	buf_dispose(&dynamodb->received);
	buf_dispose(&dynamodb->text);
	free(dynamodb->items);
	free(dynamodb);
}

const char *dynamodb_operation(const struct dynamodb *dynamodb)
{
	return dynamodb->form ? dynamodb->form->operation : "";
}

const char *dynamodb_request_id(const struct dynamodb *dynamodb)
{
	const char *id = http_header(dynamodb->http, AWSREQUEST_ID_HEADER);

	return id ? id : "";
}

const char *dynamodb_problem(const struct dynamodb *dynamodb)
{
	return dynamodb->problem.text;
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

/* --- reading the answer ----------------------------------------------------------------------
 *
 *	Query	{"Count":1,"Items":[{"sk":{"S":"2026-…"},"message":{"S":"Hello, Alt."}}],
 *		 "LastEvaluatedKey":{"pk":{"S":"MSG#…"},"sk":{"S":"2026-…"}}}
 *	GetItem	{"Item":{"pk":{"S":"GRP#…"},…}}		nothing found: {}
 *	batch	{"UnprocessedItems":{"cruddur-messages":[…]}}
 *	refusal	{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
 *		 "Message":"Transaction cancelled…","CancellationReasons":[{"Code":"None"},
 *		  {"Code":"ConditionalCheckFailed","Item":{"pk":{"S":"GRP#…"},…}}]}
 */

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

	if (n == DYNAMODB_TRANSACTION_MAX) {
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

/* Keep the JSON of UnprocessedItems, to be sent again. */
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
	} else if (aws_error_is_message(key) && type == JSONSCAN_STRING) {
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
	dynamodb->error = aws_error_type(dynamodb->error);
	return true;
}

/*
 * A cancelled transaction. A failed condition decides. Conflicts and throttling pass; any other
 * reason means that the request is wrong.
 */
static enum outcome outcome_of_cancellation(const struct dynamodb_answer *answer)
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

static enum outcome outcome_of_refusal(struct dynamodb *dynamodb, int status)
{
	struct slice error = dynamodb->error;
	struct slice message = dynamodb->message.len > 0 ? dynamodb->message : SLICE("no message");

	snprintf(dynamodb->refused, sizeof(dynamodb->refused), "%.*s", (int)error.len,
		 error.len > 0 ? error.ptr : "");
	note_set(&dynamodb->problem, "%s: %.*s",
		 error.len > 0 ? dynamodb->refused : "no error type",
		 (int)(message.len < MESSAGE_MAX ? message.len : MESSAGE_MAX), message.ptr);
	if (slice_is(error, "TransactionCanceledException"))
		return outcome_of_cancellation(&dynamodb->answer);
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (slice_is(error, outcomes[i].error))
			return outcomes[i].outcome;
	return status >= 500 || status == 429 ? OUTCOME_REPEAT : OUTCOME_REFUSED;
}

/* Whether X-Amz-Crc32, the CRC-32 of zlib in decimal, is that of the answer, or missing. */
static bool crc32_matches(const struct dynamodb *dynamodb)
{
	const char *header = http_header(dynamodb->http, AWSREQUEST_CRC32_HEADER);
	const struct buf *body = &dynamodb->received;
	uint64_t crc32;

	return !header || (slice_number(slice_of(header), 10, UINT32_MAX, &crc32) &&
			   crc32 == crc32_z(0, (const Bytef *)body->data, body->len));
}

/* Read a response. ret_answered: whether it comes from a DynamoDB that works. */
static enum outcome outcome_of(struct dynamodb *dynamodb, int status, bool *ret_answered)
{
	bool success = status == 200;

	*ret_answered = status < 500;
	if (!crc32_matches(dynamodb)) {
		note_set(&dynamodb->problem, "The answer does not match its X-Amz-Crc32");
		*ret_answered = false;
		return OUTCOME_REPEAT;
	}
	if (!read_answer(dynamodb, success)) {
		note_set(&dynamodb->problem,
			 "HTTP %d: the answer cannot be read (it is cut short, or an item has "
			 "more than %d attributes)",
			 status, ITEM_ATTRIBUTES_MAX);
		*ret_answered = false;
		return OUTCOME_REPEAT; /* even a refusal: what happened is unknown */
	}
	if (!success)
		return outcome_of_refusal(dynamodb, status);
	return dynamodb->unprocessed.len > 0 ? OUTCOME_UNPROCESSED : OUTCOME_DONE;
}

/* --- sending --------------------------------------------------------------------------------- */

/* Get credentials and sign the request. Returns as attempt. */
static int sign(struct dynamodb *dynamodb, struct http_request *request)
{
	int64_t now_s = clock_now_us() / 1000000;
	struct aws_keys keys;
	int r;

	r = credentials_get(dynamodb->credentials, now_s, budget_left_ms(dynamodb->budget), &keys);
	if (r < 0) {
		note_set(&dynamodb->problem, "%s", credentials_problem(dynamodb->credentials));
		return r;
	}
	r = awsrequest_sign(dynamodb->writer, dynamodb->form->operation, buf_slice(&dynamodb->body),
			    &keys, now_s, request);
	if (r < 0)
		note_set(&dynamodb->problem, "The request cannot be signed");
	return r;
}

/*
 * Send the request once. Returns 0 when it was sent, with ret_outcome written; ERR_UNAVAILABLE when
 * the circuit breaker is open or credentials cannot be had; ERR_OVERLOADED when no time is left;
 * ERR_NO_MEMORY; ERR_INTERNAL.
 */
static int attempt(struct dynamodb *dynamodb, enum outcome *ret_outcome)
{
	struct http_request request = {0};
	int64_t started_us;
	bool answered = false;
	int status, r;

	/* First of all: with an open circuit breaker no credentials are fetched. */
	r = budget_allow(dynamodb->budget, DEP_DYNAMODB, BUDGET_CALL_MS, &request.timeout_ms);
	if (r < 0)
		return r;
	r = sign(dynamodb, &request);
	if (r < 0)
		return r;
	/* Fetching them may have taken a while. */
	r = budget_allow(dynamodb->budget, DEP_DYNAMODB, BUDGET_CALL_MS, &request.timeout_ms);
	if (r < 0)
		return r;

	started_us = clock_monotonic_us();
	if (http_send(dynamodb->http, &request, &dynamodb->received, &status) < 0) {
		/* An attempt that the deadline cut short does not hide why it was needed. */
		if (!dynamodb->problem.text[0] || budget_left_ms(dynamodb->budget) > 0)
			note_set(&dynamodb->problem, "%s", http_problem(dynamodb->http));
		*ret_outcome = OUTCOME_REPEAT;
	} else {
		*ret_outcome = outcome_of(dynamodb, status, &answered);
	}
	budget_record(dynamodb->budget, dynamodb->form->counted_as, started_us, answered);
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

/* Write the body of a new request, after forgetting the last one. Returns as request_write. */
static int begin(struct dynamodb *dynamodb, const struct request *request)
{
	int r;

	forget_answer(dynamodb);
	note_clear(&dynamodb->problem);
	dynamodb->form = request->form;
	buf_reset(&dynamodb->body);
	r = request_write(request, dynamodb->config->messages_table, &dynamodb->body);
	if (r < 0)
		note_set(&dynamodb->problem, "The request cannot be written");
	return r;
}

/* Make the unprocessed items of a batch the next body. Returns 0; ERR_NO_MEMORY. */
static int keep_unprocessed(struct dynamodb *dynamodb)
{
	note_set(&dynamodb->problem, "Some items of the batch are unprocessed");
	buf_reset(&dynamodb->body);
	buf_puts(&dynamodb->body, "{\"RequestItems\":");
	buf_append(&dynamodb->body, dynamodb->unprocessed.ptr, dynamodb->unprocessed.len);
	buf_putc(&dynamodb->body, '}');
	return dynamodb->body.failed ? ERR_NO_MEMORY : 0;
}

/* The result of a call whose attempt number `attempts` (from 0) could not be sent, because of r. */
static int give_up(struct dynamodb *dynamodb, unsigned attempts, int r)
{
	if (!dynamodb->problem.text[0])
		note_set(&dynamodb->problem, r == ERR_OVERLOADED
						     ? "No time left"
						     : "DynamoDB's circuit breaker is open");
	/* Time ran out while repeating: the cause is what made that necessary. */
	return r == ERR_OVERLOADED && attempts > 0 ? ERR_UNAVAILABLE : r;
}

/* The result of a call for an outcome after which nothing is repeated; 1 for the others. */
static int result_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_DONE:
		return 0;
	case OUTCOME_CONDITION:
		return ERR_CONDITION;
	case OUTCOME_DENIED:
		return ERR_UNAVAILABLE;
	case OUTCOME_REFUSED:
		return ERR_INTERNAL;
	default:
		return 1;
	}
}

int dynamodb_send(struct dynamodb *dynamodb, struct request request,
		  const struct dynamodb_answer **ret_answer)
{
	enum outcome outcome;
	bool renewed = false;
	int r;

	r = begin(dynamodb, &request);
	for (unsigned attempts = 0; r >= 0; attempts++) {
		r = attempt(dynamodb, &outcome);
		if (r < 0)
			return give_up(dynamodb, attempts, r);
		if (attempts > 0)
			metrics_event(dynamodb->budget->metrics, METRICS_RETRY, DEP_DYNAMODB);

		r = result_of(outcome);
		if (r == 0 || r == ERR_CONDITION)
			*ret_answer = &dynamodb->answer;
		if (r <= 0)
			return r;

		if (outcome == OUTCOME_EXPIRED && renewed)
			return ERR_UNAVAILABLE;
		if (outcome == OUTCOME_EXPIRED) {
			credentials_expire(dynamodb->credentials);
			renewed = true;
			continue;
		}
		if (outcome == OUTCOME_UNPROCESSED)
			r = keep_unprocessed(dynamodb);
		if (r >= 0 && !back_off(dynamodb, attempts))
			return ERR_UNAVAILABLE;
	}
	return r;
}

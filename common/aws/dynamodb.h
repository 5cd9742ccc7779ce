/*
 * dynamodb.h - calls to Amazon DynamoDB: signed, retried within the request's time budget.
 *
 * A call is: dynamodb_request (begins the body), jsonout_… and item_… (write it), dynamodb_send.
 * The answer stays readable until the next dynamodb_request. Everything that decides whether and
 * how a call is repeated is in dynamodb.c and nowhere else.
 *
 * AWS: "DynamoDB low-level API", "Error handling with DynamoDB", "TransactWriteItems".
 */
#ifndef DYNAMODB_H
#define DYNAMODB_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/item.h"
#include "base/buf.h"
#include "run/budget.h"
#include "run/config.h"
#include "json/jsonout.h"

#define TRANSACTION_MAX 8 /* items of one transaction; ours have at most 5 */

enum reason {
	REASON_NONE,
	REASON_CONDITION, /* ConditionalCheckFailed */
	REASON_CONFLICT,  /* TransactionConflict */
	REASON_THROTTLED, /* ProvisionedThroughputExceeded, ThrottlingError */
	REASON_OTHER,
};

struct dynamodb_answer {
	const struct item *items; /* Items of Query and Scan, or the one Item of GetItem */
	size_t count;		  /* of items; a GetItem that finds nothing: 0 */
	struct item last_key;	  /* LastEvaluatedKey; last_key.count is 0 at the end */
	struct item attributes; /* Attributes of an UpdateItem, or the Item of a failed condition */
	/* TransactWriteItems that failed with ERR_CONDITION: per item, the reason and the old item
	 */
	struct {
		enum reason reason;
		struct item item;
	} reasons[TRANSACTION_MAX];
	size_t reasons_count;
	struct slice body; /* the answer as it came, for the operators' commands */
};

struct dynamodb;

/*
 * Make a client; it connects on first use. config and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. dynamodb_free(NULL) does nothing.
 */
struct dynamodb *dynamodb_new(const struct config *config, struct budget *budget);
void dynamodb_free(struct dynamodb *dynamodb);

/*
 * Begin a request: forgets the last answer, opens the body's object and returns the writer for its
 * members. The object is closed by dynamodb_send.
 */
struct jsonout *dynamodb_request(struct dynamodb *dynamodb);

/*
 * Send the request that was written as `operation` ("Query", "TransactWriteItems", …).
 * For TransactWriteItems a fresh ClientRequestToken is added, kept across the retries of this call.
 *
 * Repeated here, capped exponential backoff with full jitter, while the budget lasts and the
 * dependency is not left alone (budget.h): throttling, 5xx, resets, timeouts, bad CRC, cut answers,
 * TransactionInProgress, and cancellations made only of conflicts and throttling: always the
 * identical bytes with the same token. What a BatchWriteItem left unprocessed is sent again, and
 * only that. Expired credentials are refreshed once.
 *
 * ret_answer: borrowed until the next dynamodb_request; also set with ERR_CONDITION.
 * Returns 0; ERR_CONDITION when a condition failed (single writes: answer->attributes, if asked
 * for by ReturnValuesOnConditionCheckFailure; transactions: answer->reasons);
 * ERR_UNAVAILABLE or ERR_OVERLOADED when it could not be had in time (a write may have happened),
 * and at once when the table is missing or the credentials are refused: a matter for operators;
 * ERR_INTERNAL for any other refusal that repeating cannot mend (dynamodb_problem tells which);
 * ERR_NO_MEMORY.
 */
int dynamodb_send(struct dynamodb *dynamodb, const char *operation,
		  const struct dynamodb_answer **ret_answer);

/* The last failure as one line for the log: error type and message, no data, no credentials. */
const char *dynamodb_problem(const struct dynamodb *dynamodb);

/* What the service calls the last request, for its support; "" when it did not say. */
const char *dynamodb_id(const struct dynamodb *dynamodb);

/* Whether the last call was refused as `type`, such as "ResourceNotFoundException". */
bool dynamodb_refused(const struct dynamodb *dynamodb, const char *type);

#endif

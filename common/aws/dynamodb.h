/*
 * dynamodb.h - calls to Amazon DynamoDB: signed, and retried within the request's time budget.
 *
 * The requests are files (request.h). Whether and how a call is repeated is decided in dynamodb.c
 * and nowhere else.
 *
 * AWS: "DynamoDB low-level API", "Error handling with DynamoDB", "TransactWriteItems".
 */
#ifndef DYNAMODB_H
#define DYNAMODB_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/item.h"
#include "aws/request.h"
#include "base/buf.h"
#include "run/budget.h"
#include "run/config.h"

#define DYNAMODB_TRANSACTION_MAX 8 /* writes of one transaction that an answer can report on */

/* Why a write of a transaction failed. */
enum reason {
	REASON_NONE,	  /* it did not */
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
	/* TransactWriteItems that failed with ERR_CONDITION: the reason and the old item per write
	 */
	struct {
		enum reason reason;
		struct item item;
	} reasons[DYNAMODB_TRANSACTION_MAX];
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
 * Send a request, made with REQUEST, and wait for its answer.
 *
 * Repeated here, with capped exponential backoff and full jitter, while the budget lasts and the
 * circuit breaker is closed: throttling, 5xx, resets, timeouts, wrong checksums, answers cut short,
 * TransactionInProgress, and cancellations made only of conflicts and throttling. A repetition
 * sends the identical bytes, ClientRequestToken included. Of a BatchWriteItem only what was left
 * unprocessed is sent again. Expired credentials are refreshed once.
 *
 * ret_answer: owned by `dynamodb`; the next dynamodb_send overwrites it. Written on success and
 * with ERR_CONDITION.
 *
 * Returns
 *	0
 *	ERR_CONDITION	a condition failed. Single writes: answer->attributes, if the request asks
 *			for them (ReturnValuesOnConditionCheckFailure); transactions:
 *answer->reasons ERR_UNAVAILABLE	no answer in time (a write may have happened) or the circuit
 *breaker is open; also, at once, a missing table or refused credentials, which operators have to
 *mend ERR_OVERLOADED	no time was left ERR_INTERNAL	a refusal that repeating cannot mend
 *(dynamodb_problem says which), or a request that cannot be written (request.h) ERR_NO_MEMORY
 */
int dynamodb_send(struct dynamodb *dynamodb, struct request request,
		  const struct dynamodb_answer **ret_answer) __attribute__((warn_unused_result));

/* The operation of the last request, "Query"; "" before the first. */
const char *dynamodb_operation(const struct dynamodb *dynamodb);

/* The last failure as one line for the log: error type and message, no data, no credentials. */
const char *dynamodb_problem(const struct dynamodb *dynamodb);

/* The id that the service gave the last request, for its support; "" when it gave none. */
const char *dynamodb_request_id(const struct dynamodb *dynamodb);

/* Whether the last call was refused with an error of this type, "ResourceNotFoundException". */
bool dynamodb_refused(const struct dynamodb *dynamodb, const char *type);

#endif

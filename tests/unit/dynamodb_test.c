/* dynamodb_test.c - requests, retries, and the meaning of answers. */
#include "server.h"

#include <fcntl.h>

#include "aws/awsrequest.h"
#include "aws/dynamodb.h"
#include "aws/sigv4.h"
#include "base/err.h"
#include "base/uuid.h"
#include "requests.h"
#include "run/metrics.h"

#define NAMESPACE     "com.amazonaws.dynamodb.v20120810#"
#define REFUSAL(type) "{\"__type\":\"" NAMESPACE type "\",\"message\":\"as scripted\"}"
#define CANCELLED(reasons)                                                                         \
	"{\"__type\":\"" NAMESPACE                                                                 \
	"TransactionCanceledException\",\"CancellationReasons\":[" reasons                         \
	"],\"Message\":\"Transaction cancelled\"}"
#define NONE		    "{\"Code\":\"None\"}"
#define CONFLICT	    "{\"Code\":\"TransactionConflict\",\"Message\":\"ongoing\"}"
#define CRC_OF_EMPTY_OBJECT "X-Amz-Crc32: 2745614147\r\n" /* of {} */

/* A client of a scripted server, and the budget of its request. */
struct fixture {
	struct config config;
	struct budget budget;
	struct server *server;
	struct dynamodb *dynamodb;
	const struct dynamodb_answer *answer;
};

static void set_up(struct fixture *fixture, const struct server_step *steps, size_t count)
{
	*fixture = (struct fixture){
		.config = {.region = "ca-central-1", .messages_table = "messages"}};
	fixture->server = server_start(steps, count);
	memcpy(fixture->config.dynamodb_endpoint, fixture->server->url,
	       sizeof(fixture->server->url));
	budget_start(&fixture->budget, 60000);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
	unsetenv("AWS_SESSION_TOKEN");
	unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	fixture->dynamodb = dynamodb_new(&fixture->config, &fixture->budget);
	assert_non_null(fixture->dynamodb);
}

/* A new client, which reads the environment as it is now. */
static void renew_client(struct fixture *fixture)
{
	dynamodb_free(fixture->dynamodb);
	fixture->dynamodb = dynamodb_new(&fixture->config, &fixture->budget);
	assert_non_null(fixture->dynamodb);
}

static void tear_down(struct fixture *fixture)
{
	dynamodb_free(fixture->dynamodb);
	server_stop(fixture->server);
}

/* Send {"TableName":"t"}, with a token if it is a transaction. */
static int send_as(struct fixture *fixture, const char *operation)
{
	static const struct request_part plain[] = {
		{.text = "{\"TableName\":\"t\"}", .len = 17},
	};
	static const struct request_part with_token[] = {
		{.text = "{\"ClientRequestToken\":\"", .len = 23, .hole = REQUEST_TOKEN},
		{.text = "\",\"TableName\":\"t\"}", .len = 19},
	};
	bool transaction = strcmp(operation, "TransactWriteItems") == 0;
	const struct request_form form = {
		.operation = operation,
		.counted_as = OPERATION_DYNAMODB_OTHER,
		.parts = transaction ? with_token : plain,
		.count = transaction ? 2 : 1,
	};

	return dynamodb_send(fixture->dynamodb, (struct request){&form, ""}, &fixture->answer);
}

/* Call `operation` once with a script; check the result and the number of requests. */
static void expect(const char *operation, const struct server_step *steps, size_t count, int want,
		   unsigned want_requests)
{
	struct fixture fixture;

	set_up(&fixture, steps, count);
	assert_int_equal(send_as(&fixture, operation), want);
	assert_int_equal(fixture.server->count, want_requests);
	if (want < 0)
		assert_true(strlen(dynamodb_problem(fixture.dynamodb)) > 0);
	for (unsigned n = 1; n < want_requests; n++)
		assert_string_equal(server_body(fixture.server, n), server_body(fixture.server, 0));
	tear_down(&fixture);
}

static void the_signature_matches_the_sent_request(void **state)
{
	static const char *const names[] = {"Content-Type", "Host", "X-Amz-Date",
					    "X-Amz-Security-Token", "X-Amz-Target"};
	struct aws_keys keys = {SLICE("AKID"), SLICE("secret"), SLICE("a/token=")};
	struct sigv4_request request = {.method = "POST", .path = SLICE("/")};
	struct sigv4_scope scope = {.region = "ca-central-1", .service = "dynamodb"};
	struct sigv4 *sigv4 = sigv4_new();
	buf_auto want = BUF_INIT(4096);
	char values[COUNT(names)][256], authorization[1024];
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.headers = CRC_OF_EMPTY_OBJECT, .body = "{}"}));
	setenv("AWS_SESSION_TOKEN", "a/token=", 1);
	renew_client(&fixture);
	assert_int_equal(send_as(&fixture, "GetItem"), 0);
	assert_string_equal(server_body(fixture.server, 0), "{\"TableName\":\"t\"}");
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_non_null(
			server_header(fixture.server, 0, names[i], values[i], sizeof(values[i])));
		request.headers[i] = (struct sigv4_header){slice_of(names[i]), slice_of(values[i])};
	}
	assert_string_equal(values[0], "application/x-amz-json-1.0");
	assert_string_equal(values[1], fixture.server->url + strlen("http://"));
	assert_string_equal(values[3], "a/token=");
	assert_string_equal(values[4], "DynamoDB_20120810.GetItem");

	request.headers_count = COUNT(names);
	request.body = slice_of(server_body(fixture.server, 0));
	memcpy(scope.time, values[2], sizeof(scope.time));
	assert_int_equal(sigv4_authorization(sigv4, &scope, &keys, &request, &want), 0);
	assert_non_null(server_header(fixture.server, 0, "Authorization", authorization,
				      sizeof(authorization)));
	assert_string_equal(authorization, want.data);
	sigv4_free(sigv4);
	tear_down(&fixture);
}

static void items_are_read_with_their_types(void **state)
{
	static const char body[] =
		"{\"Count\":2,\"Items\":[{\"pk\":{\"S\":\"MSG#\\u00e9\\n\"},\"n\":{\"N\":\"-12\"},"
		"\"big\":{\"N\":\"1E40\"},\"b\":{\"BOOL\":true},\"z\":{\"NULL\":true},"
		"\"m\":{\"M\":{\"x\":{\"L\":[{\"S\":\"\\u0041\"}]}}},\"bin\":{\"B\":\"AAE=\"}},"
		"{}],\"ScannedCount\":2,"
		"\"LastEvaluatedKey\":{\"pk\":{\"S\":\"k\"},\"sk\":{\"S\":\"s\"}},"
		"\"ConsumedCapacity\":{\"CapacityUnits\":0.5}}";
	const struct item *item;
	struct fixture fixture;
	struct slice text;
	int64_t number;

	(void)state;
	set_up(&fixture, SCRIPT({.body = body}));
	assert_int_equal(send_as(&fixture, "Query"), 0);
	assert_int_equal(fixture.answer->count, 2);
	assert_true(slice_is(fixture.answer->body, body));
	item = &fixture.answer->items[0];
	assert_int_equal(item_string(item, "pk", &text), 0);
	assert_true(slice_is(text, "MSG#\xc3\xa9\n"));
	assert_int_equal(item_number(item, "n", &number), 0);
	assert_int_equal(number, -12);
	assert_int_equal(item_number(item, "big", &number), ERR_NOT_FOUND);
	assert_int_equal(item_string(item, "n", &text), ERR_NOT_FOUND);
	assert_int_equal(item_number(item, "pk", &number), ERR_NOT_FOUND);
	assert_int_equal(item_string(item, "none", &text), ERR_NOT_FOUND);
	assert_int_equal(item->count, 7);
	assert_int_equal(item->attributes[3].type, 'b');
	assert_true(slice_is(item->attributes[3].value, "true"));
	assert_int_equal(item->attributes[4].type, '0');
	assert_int_equal(item->attributes[5].type, '?');
	assert_true(slice_is(item->attributes[5].value, "{\"x\":{\"L\":[{\"S\":\"\\u0041\"}]}}"));
	assert_int_equal(item->attributes[6].type, 'B');
	assert_int_equal(fixture.answer->items[1].count, 0);
	assert_int_equal(fixture.answer->last_key.count, 2);
	tear_down(&fixture);
}

static void a_missing_item_gives_an_empty_answer(void **state)
{
	struct fixture fixture;
	struct slice text;

	(void)state;
	set_up(&fixture, SCRIPT({.body = "{\"Item\":{\"a\":{\"S\":\"1\"}}}"}, {.body = "{}"},
				{.body = "{\"Attributes\":{\"a\":{\"S\":\"2\"}}}"}));
	assert_int_equal(send_as(&fixture, "GetItem"), 0);
	assert_int_equal(fixture.answer->count, 1);
	assert_int_equal(item_string(&fixture.answer->items[0], "a", &text), 0);
	assert_true(slice_is(text, "1"));
	assert_int_equal(send_as(&fixture, "GetItem"), 0);
	assert_int_equal(fixture.answer->count, 0);
	assert_int_equal(send_as(&fixture, "UpdateItem"), 0);
	assert_int_equal(item_string(&fixture.answer->attributes, "a", &text), 0);
	assert_true(slice_is(text, "2"));
	assert_int_equal(fixture.answer->last_key.count, 0);
	assert_int_equal(fixture.server->connections, 1);
	tear_down(&fixture);
}

static void a_page_may_have_many_items(void **state)
{
	buf_auto body = BUF_INIT(1 << 20);
	struct fixture fixture;
	struct slice text;
	char want[16];

	(void)state;
	buf_puts(&body, "{\"Items\":[");
	for (int i = 0; i < 1000; i++)
		buf_printf(&body, "%s{\"a\":{\"S\":\"%d\"}}", i > 0 ? "," : "", i);
	buf_puts(&body, "]}");
	set_up(&fixture, SCRIPT({.body = body.data}));
	assert_int_equal(send_as(&fixture, "Scan"), 0);
	assert_int_equal(fixture.answer->count, 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(want, sizeof(want), "%d", i);
		assert_int_equal(item_string(&fixture.answer->items[i], "a", &text), 0);
		assert_true(slice_is(text, want));
	}
	tear_down(&fixture);
}

static void an_invalid_request_is_not_sent(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.body = "{}"}));
	assert_int_equal(dynamodb_send(fixture.dynamodb,
				       REQUEST(GetItem, row, .user = SLICE("\xff"),
					       .group = SLICE("g")),
				       &fixture.answer),
			 ERR_INTERNAL);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "The request cannot be written");
	assert_int_equal(fixture.server->count, 0);
	assert_int_equal(dynamodb_send(fixture.dynamodb,
				       REQUEST(GetItem, row, .user = SLICE("u"),
					       .group = SLICE("g")),
				       &fixture.answer),
			 0);
	assert_string_equal(dynamodb_operation(fixture.dynamodb), "GetItem");
	assert_int_equal(fixture.server->count, 1);
	tear_down(&fixture);
}

static void transient_failures_are_retried(void **state)
{
	static const struct server_step steps[] = {
		{.status = 400, .body = REFUSAL("ProvisionedThroughputExceededException")},
		{.status = 400, .body = REFUSAL("ThrottlingException")},
		{.status = 400, .body = REFUSAL("RequestLimitExceeded")},
		{.status = 400, .body = REFUSAL("TransactionConflictException")},
		{.status = 400, .body = REFUSAL("TransactionInProgressException")},
		{.status = 400,
		 .body = "{\"__type\":\"com.amazon.coral.availability"
			 "#ThrottlingException\",\"Message\":\"slow\"}"},
		{.status = 400, .body = "{\"__type\":\"ThrottlingException\"}"},
		{.status = 429, .body = "{}"},
		{.status = 500, .body = REFUSAL("InternalServerError")},
		{.status = 503, .body = "<html>not JSON</html>"},
		{.status = 400, .body = "a page of some proxy"},
		{.status = 400, .body = "{\"__type\":\"TransactionCanceledExcept"},
		{.headers = "X-Amz-Crc32: 1\r\n", .body = "{}"},
		{.headers = "X-Amz-Crc32: -1\r\n", .body = "{}"},
		{.headers = "X-Amz-Crc32: 4294967296\r\n", .body = "{}"},
		{.headers = "X-Amz-Crc32: 1 1\r\n", .body = "{}"},
		{.body = "{\"Items\":["},
		{.body = ""},
		{.body = "[]"},
		{.body = "{\"Items\":[{\"a\":{\"S\":\"x\",\"N\":\"1\"}}]}"},
		{.end = SERVER_CUT, .body = "{\"Item\":{}}"},
		{.end = SERVER_RESET_BEFORE},
		{.end = SERVER_RESET_WITHIN, .body = "{\"Item\":{}}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++)
		expect("PutItem", SCRIPT(steps[i], {.body = "{}"}), 0, 2);
}

static void permanent_failures_are_not_retried(void **state)
{
	(void)state;
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("ValidationException")}),
	       ERR_INTERNAL, 1);
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("SomethingNewException")}),
	       ERR_INTERNAL, 1);
	expect("TransactWriteItems",
	       SCRIPT({.status = 400, .body = REFUSAL("IdempotentParameterMismatchException")}),
	       ERR_INTERNAL, 1);
	expect("Query", SCRIPT({.status = 301, .body = "{}"}), ERR_INTERNAL, 1);
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("ResourceNotFoundException")}),
	       ERR_UNAVAILABLE, 1);
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("AccessDeniedException")}),
	       ERR_UNAVAILABLE, 1);
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("UnrecognizedClientException")}),
	       ERR_UNAVAILABLE, 1);
	expect("Query", SCRIPT({.status = 400, .body = REFUSAL("InvalidSignatureException")}),
	       ERR_UNAVAILABLE, 1);
}

/* Refusals are answers: they do not count as failures of the dependency. */
static void refusals_do_not_open_the_breaker(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.status = 400, .body = REFUSAL("ValidationException")}));
	for (unsigned n = 1; n <= 5; n++) {
		assert_int_equal(send_as(&fixture, "Query"), ERR_INTERNAL);
		assert_int_equal(fixture.server->count, n);
		assert_int_equal(fixture.budget.deps[DEP_DYNAMODB].calls, n);
	}
	assert_int_equal(fixture.budget.deps[DEP_DYNAMODB].failures, 0);
	tear_down(&fixture);
}

static void repeated_failures_open_the_breaker(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.end = SERVER_RESET_BEFORE}));
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_int_equal(fixture.server->count, BREAKER_FAILURES);
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_int_equal(fixture.server->count, BREAKER_FAILURES);
	tear_down(&fixture);

	/* A DynamoDB that says that it does not work is one. */
	set_up(&fixture, SCRIPT({.status = 500, .body = REFUSAL("InternalServerError")}));
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_int_equal(fixture.server->count, BREAKER_FAILURES);
	tear_down(&fixture);
}

static void throttled_requests_are_retried_until_the_budget_ends(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.status = 400, .body = REFUSAL("ThrottlingException")}));
	budget_start(&fixture.budget, 1500);
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_true(fixture.server->count >= 2);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "ThrottlingException: as scripted");
	budget_start(&fixture.budget, 0);
	assert_int_equal(send_as(&fixture, "Query"), ERR_OVERLOADED);
	tear_down(&fixture);
}

/* The last attempt has too little time for an answer; the problem is still why it was made. */
static void an_attempt_without_an_answer_keeps_the_cause(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.status = 400, .body = REFUSAL("ThrottlingException")},
				{.end = SERVER_SILENT}));
	budget_start(&fixture.budget, 1000);
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "ThrottlingException: as scripted");
	tear_down(&fixture);
}

static void a_missing_answer_ends_with_the_budget(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.end = SERVER_SILENT}));
	budget_start(&fixture.budget, 1000);
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_int_equal(fixture.server->count, 1);
	tear_down(&fixture);
}

/* The token that makes retries idempotent; it differs for each call. */
static void assert_token(const char *body, char ret_token[UUID_SIZE])
{
	const char *at = strstr(body, "\"ClientRequestToken\":\"");

	assert_non_null(at);
	at += strlen("\"ClientRequestToken\":\"");
	assert_int_equal(uuid_parse((struct slice){at, 36}, ret_token), 0);
}

static void a_conflict_is_retried_with_the_same_token(void **state)
{
	static const char throttled[] =
		CANCELLED("{\"Code\":\"ThrottlingError\"},{\"Code\":\"TransactionConflict\"},"
			  "{\"Code\":\"ProvisionedThroughputExceeded\"}," NONE);
	char first[UUID_SIZE], second[UUID_SIZE];
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.status = 400, .body = CANCELLED(NONE "," CONFLICT)},
				{.status = 400, .body = throttled},
				{.status = 400, .body = REFUSAL("TransactionInProgressException")},
				{.end = SERVER_RESET_BEFORE}, {.body = "{}"}));
	assert_int_equal(send_as(&fixture, "TransactWriteItems"), 0);
	assert_int_equal(fixture.server->count, 5);
	for (unsigned n = 1; n < 5; n++)
		assert_string_equal(server_body(fixture.server, n), server_body(fixture.server, 0));
	assert_int_equal(send_as(&fixture, "TransactWriteItems"), 0);
	assert_token(server_body(fixture.server, 0), first);
	assert_token(server_body(fixture.server, 5), second);
	assert_string_not_equal(first, second);
	tear_down(&fixture);
}

static void only_transactions_carry_a_token(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.body = "{}"}));
	assert_int_equal(send_as(&fixture, "UpdateItem"), 0);
	assert_null(strstr(server_body(fixture.server, 0), "ClientRequestToken"));
	tear_down(&fixture);
}

static void a_failed_condition_returns_its_items(void **state)
{
	struct fixture fixture;
	struct slice text;

	(void)state;
	set_up(&fixture,
	       SCRIPT({.status = 400,
		       .body = CANCELLED(
			       NONE
			       ",{\"Code\":\"ConditionalCheckFailed\",\"Item\":{\"a\":{\"S\":"
			       "\"old\"}},\"Message\":\"The conditional request failed\"}," CONFLICT
			       ",{\"Code\":\"ConditionalCheckFailed\"}")},
		      {.status = 400,
		       .body = "{\"__type\":\"" NAMESPACE "ConditionalCheckFailedException\","
			       "\"Item\":{\"a\":{\"S\":\"older\"}},"
			       "\"message\":\"The conditional request failed\"}"}));
	assert_int_equal(send_as(&fixture, "TransactWriteItems"), ERR_CONDITION);
	assert_int_equal(fixture.answer->reasons_count, 4);
	assert_int_equal(fixture.answer->reasons[0].reason, REASON_NONE);
	assert_int_equal(fixture.answer->reasons[0].item.count, 0);
	assert_int_equal(fixture.answer->reasons[1].reason, REASON_CONDITION);
	assert_int_equal(item_string(&fixture.answer->reasons[1].item, "a", &text), 0);
	assert_true(slice_is(text, "old"));
	assert_int_equal(fixture.answer->reasons[2].reason, REASON_CONFLICT);
	assert_int_equal(fixture.answer->reasons[3].reason, REASON_CONDITION);
	assert_int_equal(fixture.answer->reasons[3].item.count, 0);

	assert_int_equal(send_as(&fixture, "UpdateItem"), ERR_CONDITION);
	assert_int_equal(fixture.answer->reasons_count, 0);
	assert_int_equal(item_string(&fixture.answer->attributes, "a", &text), 0);
	assert_true(slice_is(text, "older"));
	assert_int_equal(fixture.server->count, 2);
	tear_down(&fixture);
}

static void a_cancellation_for_another_reason_is_not_retried(void **state)
{
	(void)state;
	expect("TransactWriteItems",
	       SCRIPT({.status = 400,
		       .body = CANCELLED(CONFLICT ",{\"Code\":\"ValidationError\"}")}),
	       ERR_INTERNAL, 1);
	expect("TransactWriteItems",
	       SCRIPT({.status = 400,
		       .body = CANCELLED("{\"Code\":\"ItemCollectionSizeLimitExceeded\"}")}),
	       ERR_INTERNAL, 1);
	expect("TransactWriteItems", SCRIPT({.status = 400, .body = CANCELLED("")}), ERR_INTERNAL,
	       1);
}

static void expired_credentials_are_renewed_once(void **state)
{
	static const char keys[] = "{\"AccessKeyId\":\"AKID%d\",\"SecretAccessKey\":\"s\","
				   "\"Token\":\"token%d\"}";
	static const struct server_step expired = {.status = 400,
						   .body = REFUSAL("ExpiredTokenException")};
	struct server *endpoint;
	struct fixture fixture;
	char bodies[2][128], value[128];

	(void)state;
	for (int i = 0; i < 2; i++)
		snprintf(bodies[i], sizeof(bodies[i]), keys, i, i);
	endpoint = server_start(SCRIPT({.body = bodies[0]}, {.body = bodies[1]}));
	set_up(&fixture, SCRIPT(expired, {.body = "{}"}, expired));
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint->url, 1);
	renew_client(&fixture);

	assert_int_equal(send_as(&fixture, "TransactWriteItems"), 0);
	assert_int_equal(endpoint->count, 2);
	assert_string_equal(server_header(fixture.server, 0, "X-Amz-Security-Token", value, 128),
			    "token0");
	assert_string_equal(server_header(fixture.server, 1, "X-Amz-Security-Token", value, 128),
			    "token1");
	assert_string_equal(server_body(fixture.server, 1), server_body(fixture.server, 0));

	/* Still expired after the renewal: no further retries. */
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_int_equal(endpoint->count, 3);
	assert_int_equal(fixture.server->count, 4);
	assert_true(dynamodb_refused(fixture.dynamodb, "ExpiredTokenException"));
	tear_down(&fixture);
	server_stop(endpoint);
}

static void without_credentials_nothing_is_sent(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.body = "{}"}));
	unsetenv("AWS_SECRET_ACCESS_KEY");
	renew_client(&fixture);
	assert_int_equal(send_as(&fixture, "Query"), ERR_UNAVAILABLE);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "AWS_SECRET_ACCESS_KEY is not set");
	assert_int_equal(fixture.server->count, 0);
	tear_down(&fixture);
}

static void only_unprocessed_items_of_a_batch_are_sent_again(void **state)
{
	static const char rest[] =
		"{\"t\":[{\"PutRequest\":{\"Item\":{\"a\":{\"S\":\"\\u00e9\"}}}}]}";
	struct fixture fixture;
	char body[256], want[256];

	(void)state;
	snprintf(body, sizeof(body), "{\"UnprocessedItems\":%s}", rest);
	snprintf(want, sizeof(want), "{\"RequestItems\":%s}", rest);
	set_up(&fixture,
	       SCRIPT({.body = body}, {.status = 400, .body = REFUSAL("ThrottlingException")},
		      {.body = "{\"UnprocessedItems\":{}}"}));
	assert_int_equal(send_as(&fixture, "BatchWriteItem"), 0);
	assert_int_equal(fixture.server->count, 3);
	assert_string_equal(server_body(fixture.server, 1), want);
	assert_string_equal(server_body(fixture.server, 2), want);
	tear_down(&fixture);
}

static void the_problem_is_one_line(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.status = 400, .body = REFUSAL("ValidationException")},
				{.status = 400,
				 .body = "{\"__type\":\"a#ValidationException\",\"Message\":"
					 "\"t\\nwo \\u00e9\"}"},
				{.status = 400, .body = "{}"}));
	assert_int_equal(send_as(&fixture, "Query"), ERR_INTERNAL);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "ValidationException: as scripted");
	assert_true(dynamodb_refused(fixture.dynamodb, "ValidationException"));
	assert_int_equal(send_as(&fixture, "Query"), ERR_INTERNAL);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "ValidationException: t?wo ??");
	assert_int_equal(send_as(&fixture, "Query"), ERR_INTERNAL);
	assert_string_equal(dynamodb_problem(fixture.dynamodb), "no error type: no message");
	assert_false(dynamodb_refused(fixture.dynamodb, "ValidationException"));
	tear_down(&fixture);
	dynamodb_free(NULL);
	awsrequest_free(NULL);
}

static void a_session_token_that_does_not_fit_is_not_sent(void **state)
{
	static char token[16500];
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SCRIPT({.body = "{}"}));
	memset(token, 'x', sizeof(token) - 1);
	setenv("AWS_SESSION_TOKEN", token, 1);
	renew_client(&fixture);
	assert_int_equal(send_as(&fixture, "GetItem"), ERR_NO_MEMORY);
	assert_int_equal(fixture.server->count, 0);
	unsetenv("AWS_SESSION_TOKEN");
	tear_down(&fixture);
}

static void a_member_that_is_not_known_is_no_reason(void **state)
{
	(void)state;
	expect("TransactWriteItems",
	       SCRIPT({.status = 400,
		       .body = "{\"__type\":\"" NAMESPACE "TransactionCanceledException\","
			       "\"Causes\":[{\"Code\":\"ConditionalCheckFailed\"}],"
			       "\"CancellationReasons\":[{\"Code\":\"ValidationError\"}]}"}),
	       ERR_INTERNAL, 1);
	expect("GetItem", SCRIPT({.body = "{\"CancellationReasons\":{\"Code\":1},\"Item\":{}}"}), 0,
	       1);
}

static void only_repetitions_are_counted_as_retries(void **state)
{
	char folder[] = "/tmp/cruddur-dynamodb-XXXXXX", path[64];
	struct metrics_file file;
	struct fixture fixture;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	set_up(&fixture, SCRIPT({.body = "{}"}, {.status = 500, .body = "{}"},
				{.status = 500, .body = "{}"}, {.body = "{}"}));
	assert_int_equal(metrics_open(folder, "test", 1, &fixture.budget.metrics), 0);
	assert_int_equal(send_as(&fixture, "GetItem"), 0);
	assert_int_equal(send_as(&fixture, "GetItem"), 0);
	metrics_close(fixture.budget.metrics);
	snprintf(path, sizeof(path), "%s/test.0", folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(metrics_read(fd, &file));
	assert_int_equal(file.counters.events[METRICS_RETRY][DEP_DYNAMODB], 2);
	close(fd);
	unlink(path);
	rmdir(folder);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signature_matches_the_sent_request),
		cmocka_unit_test(items_are_read_with_their_types),
		cmocka_unit_test(a_missing_item_gives_an_empty_answer),
		cmocka_unit_test(a_page_may_have_many_items),
		cmocka_unit_test(an_invalid_request_is_not_sent),
		cmocka_unit_test(transient_failures_are_retried),
		cmocka_unit_test(permanent_failures_are_not_retried),
		cmocka_unit_test(refusals_do_not_open_the_breaker),
		cmocka_unit_test(repeated_failures_open_the_breaker),
		cmocka_unit_test(throttled_requests_are_retried_until_the_budget_ends),
		cmocka_unit_test(an_attempt_without_an_answer_keeps_the_cause),
		cmocka_unit_test(a_missing_answer_ends_with_the_budget),
		cmocka_unit_test(a_conflict_is_retried_with_the_same_token),
		cmocka_unit_test(only_transactions_carry_a_token),
		cmocka_unit_test(a_failed_condition_returns_its_items),
		cmocka_unit_test(a_cancellation_for_another_reason_is_not_retried),
		cmocka_unit_test(expired_credentials_are_renewed_once),
		cmocka_unit_test(without_credentials_nothing_is_sent),
		cmocka_unit_test(only_unprocessed_items_of_a_batch_are_sent_again),
		cmocka_unit_test(the_problem_is_one_line),
		cmocka_unit_test(a_session_token_that_does_not_fit_is_not_sent),
		cmocka_unit_test(a_member_that_is_not_known_is_no_reason),
		cmocka_unit_test(only_repetitions_are_counted_as_retries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * credentials.c - see credentials.h.
 *
 * The Security Token Service, to which the token of a web identity goes, is in aws/sts.h. The
 * container endpoint answers with
 *
 *	{"AccessKeyId": "ASIA…", "SecretAccessKey": "…", "Token": "…",
 *	 "Expiration": "2026-11-18T12:06:40Z", "RoleArn": "…"}
 *
 * The metadata service takes three requests:
 *
 *	PUT /latest/api/token                                       ──▶  a session token
 *	GET /latest/meta-data/iam/security-credentials/             ──▶  the name of the role
 *	GET /latest/meta-data/iam/security-credentials/ROLE         ──▶  as above, and
 *	                                                                 "Code": "Success", …
 */
#include "aws/credentials.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "aws/sts.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "base/note.h"
#include "json/jsonscan.h"
#include "net/http.h"
#include "net/url.h"

#define ANSWER_MAX	  16384
#define TOKEN_FILE_MAX	  20000 /* what STS takes */
#define TOKEN_REQUEST_MAX (3 * TOKEN_FILE_MAX + 8192)
#define REQUEST_MS	  1000	    /* on this network */
#define STS_MS		  2000	    /* with a name to look up and TLS */
#define RENEW_S		  300	    /* before the keys expire */
#define RETRY_S		  10	    /* between attempts while the old keys are valid */
#define RETRY_WITHOUT_S	  1	    /* between attempts while there are no keys */
#define SESSION_NAME	  "cruddur" /* in CloudTrail, unless AWS_ROLE_SESSION_NAME is set */
#define CONTAINER_ADDRESS "http://169.254.170.2"
#define INSTANCE_ADDRESS  "http://169.254.169.254"
#define INSTANCE_ROLES	  "/latest/meta-data/iam/security-credentials/"

/* Keys and the text that they point into; keys.access_key_id.ptr is NULL when there are none. */
struct set {
	struct aws_keys keys;
	int64_t expires_s;
	struct buf text;
};

/* The variables; NULL where they are not set. */
struct environment {
	const char *access_key_id, *secret_access_key, *session_token;
	const char *web_identity_file, *role_arn, *role_session_name;
	const char *container_relative, *container_full;
	const char *container_token, *container_token_file;
	const char *metadata_disabled, *metadata_endpoint;
};

struct credentials {
	struct environment environment;
	const char *sts_endpoint;
	struct http *http; /* NULL until an endpoint is called */
	struct set set;
	int64_t tried_s; /* when an endpoint was last called; 0: never */
	struct note problem;
};

static int fail(struct credentials *credentials, const char *why)
{
	return note_fail(&credentials->problem, ERR_UNAVAILABLE, "%s", why);
}

/* Overwrite a buffer that held a secret, and free it. */
static void dispose(struct buf *buf)
{
	if (buf->data)
		OPENSSL_cleanse(buf->data, buf->cap);
	buf_dispose(buf);
}

static void dispose_set(struct set *set)
{
	dispose(&set->text);
	set->keys = (struct aws_keys){0};
}

#define secret_auto __attribute__((cleanup(dispose))) struct buf
#define set_auto    __attribute__((cleanup(dispose_set))) struct set

struct credentials *credentials_new(const char *sts_endpoint)
{
	struct credentials *credentials = calloc(1, sizeof(*credentials));

	if (!credentials)
		return NULL;
	credentials->sts_endpoint = sts_endpoint;
	credentials->environment = (struct environment){
		.access_key_id = env_get("AWS_ACCESS_KEY_ID"),
		.secret_access_key = env_get("AWS_SECRET_ACCESS_KEY"),
		.session_token = env_get("AWS_SESSION_TOKEN"),
		.web_identity_file = env_get("AWS_WEB_IDENTITY_TOKEN_FILE"),
		.role_arn = env_get("AWS_ROLE_ARN"),
		.role_session_name = env_get("AWS_ROLE_SESSION_NAME"),
		.container_relative = env_get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
		.container_full = env_get("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
		.container_token = env_get("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
		.container_token_file = env_get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
		.metadata_disabled = env_get("AWS_EC2_METADATA_DISABLED"),
		.metadata_endpoint = env_get("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
	};
	return credentials;
}

void credentials_free(struct credentials *credentials)
{
	if (!credentials)
		return;
	http_free(credentials->http);
	dispose_set(&credentials->set);
	free(credentials);
}

const char *credentials_problem(const struct credentials *credentials)
{
	return credentials->problem.text;
}

/* Whether `text` can be the value of a header: not empty, only printable ASCII. */
static bool is_header_value(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return text.len > 0;
}

static int check_keys(struct credentials *credentials, const struct aws_keys *keys)
{
	if (!is_header_value(keys->access_key_id) || keys->secret_access_key.len == 0 ||
	    (keys->session_token.len > 0 && !is_header_value(keys->session_token)))
		return fail(credentials, "The AWS credentials are not well-formed");
	return 0;
}

int credentials_container_url(const char *relative, const char *full,
			      char ret_url[CREDENTIALS_URL_SIZE])
{
	/* ECS and EKS serve credentials over plain HTTP on the machine's own network. */
	static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
					    NULL};
	char url[CREDENTIALS_URL_SIZE];
	int n;

	/* Without its slash a relative URI could continue the host: @elsewhere. */
	if (relative && *relative != '/')
		return ERR_INVALID;
	n = snprintf(url, sizeof(url), "%s%s", relative ? CONTAINER_ADDRESS : "",
		     relative ? relative : full);
	if (n < 0 || (size_t)n >= sizeof(url) || !url_is_protected(url, hosts))
		return ERR_INVALID;
	memcpy(ret_url, url, (size_t)n + 1);
	return 0;
}

/*
 * Send one request to an endpoint.
 *
 * request: its timeout becomes what is left until the deadline, if that is less.
 * text:    receives the answer. All its memory is allocated first: a buffer that grows would leave
 *          copies of secrets behind.
 * Returns 0 for an answer of any status; ERR_UNAVAILABLE; ERR_NO_MEMORY.
 */
static int send_request(struct credentials *credentials, struct http_request *request,
			int64_t deadline_ms, struct buf *text, int *ret_status)
{
	int64_t left_ms = deadline_ms - clock_monotonic_ms();
	int r;

	if (left_ms <= 0)
		return fail(credentials, "No time left to fetch AWS credentials");
	if (left_ms < request->timeout_ms)
		request->timeout_ms = left_ms;
	if (!credentials->http)
		credentials->http = http_new();
	if (!credentials->http || !buf_reserve(text, text->max))
		return ERR_NO_MEMORY;
	r = http_send(credentials->http, request, text, ret_status);
	if (r == ERR_UNAVAILABLE)
		return note_fail(&credentials->problem, r, "The credentials endpoint: %s",
				 http_problem(credentials->http));
	return r;
}

/*
 * Send a request without a body; the rest as above.
 *
 * header: "Name: value" or NULL.
 * Returns 0 for status 200; ERR_UNAVAILABLE; ERR_NO_MEMORY.
 */
static int fetch(struct credentials *credentials, const char *method, const char *url,
		 const char *header, int64_t deadline_ms, struct buf *text)
{
	struct http_request request = {.method = method,
				       .url = url,
				       .headers = {header},
				       .timeout_ms = REQUEST_MS};
	int status = 0, r;

	r = send_request(credentials, &request, deadline_ms, text, &status);
	if (r < 0)
		return r;
	if (status != 200)
		return note_fail(&credentials->problem, ERR_UNAVAILABLE,
				 "The credentials endpoint answered %d", status);
	return 0;
}

/* Read a time that ends in Z; clock_parse reads the form with an offset. */
static int parse_expiration(struct slice text, int64_t *ret_s)
{
	char with_offset[CLOCK_TEXT_SIZE];
	int64_t us;
	int n;

	if (text.len == 0 || text.len > sizeof(with_offset) || text.ptr[text.len - 1] != 'Z')
		return ERR_INVALID;
	n = snprintf(with_offset, sizeof(with_offset), "%.*s+00:00", (int)text.len - 1, text.ptr);
	if (n < 0 || (size_t)n >= sizeof(with_offset) ||
	    clock_parse(slice_of(with_offset), &us) < 0)
		return ERR_INVALID;
	*ret_s = us / 1000000;
	return 0;
}

/* Check the keys of `set`, and take their expiration from its text. Returns 0; ERR_UNAVAILABLE. */
static int finish_keys(struct credentials *credentials, struct set *set, struct slice expiration)
{
	set->expires_s = INT64_MAX; /* without an expiration they are valid for good */
	if (expiration.len > 0 && parse_expiration(expiration, &set->expires_s) < 0)
		return fail(credentials, "The credentials' expiration is not a time");
	return check_keys(credentials, &set->keys);
}

/* Read the keys in set->text, where they stay. Returns 0; ERR_UNAVAILABLE. */
static int read_keys(struct credentials *credentials, struct set *set)
{
	struct slice key, code = SLICE("Success"), expiration = {0};
	struct jsonscan scan;
	const struct {
		const char *name;
		struct slice *value;
	} members[] = {
		{"AccessKeyId", &set->keys.access_key_id},
		{"SecretAccessKey", &set->keys.secret_access_key},
		{"Token", &set->keys.session_token},
		{"Expiration", &expiration},
		{"Code", &code},
	};

	jsonscan_begin(&scan, set->text.data, set->text.len, 4);
	jsonscan_object(&scan);
	while (jsonscan_member(&scan, &key)) {
		struct slice *value = NULL;

		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
			if (slice_is(key, members[i].name))
				value = members[i].value;
		if (value && jsonscan_peek(&scan) == JSONSCAN_STRING)
			jsonscan_string(&scan, value);
		else
			jsonscan_skip(&scan);
	}
	if (!jsonscan_end(&scan))
		return fail(credentials, "The credentials endpoint's answer is not JSON");
	if (!slice_is(code, "Success"))
		return fail(credentials, "The credentials endpoint refused");
	return finish_keys(credentials, set, expiration);
}

/*
 * Append the token in a file to `text`, without a line break at its end. It is read each time,
 * because it is replaced before it expires.
 *
 * name: the variable with the path of the file.
 * Returns 0; ERR_UNAVAILABLE when it cannot be read or is not one line; ERR_NO_MEMORY.
 */
static int read_token(struct credentials *credentials, const char *name, const char *path,
		      struct buf *text)
{
	char *at = buf_reserve(text, TOKEN_FILE_MAX + 1);
	FILE *file = at ? fopen(path, "re") : NULL;
	struct slice token;

	if (!at)
		return ERR_NO_MEMORY;
	if (!file)
		return note_fail(&credentials->problem, ERR_UNAVAILABLE,
				 "The file of %s cannot be read", name);
	token = (struct slice){at, fread(at, 1, TOKEN_FILE_MAX + 1, file)};
	fclose(file);
	while (token.len > 0 && slice_is_space(token.ptr[token.len - 1]))
		token.len--;
	if (token.len > TOKEN_FILE_MAX || !is_header_value(token))
		return note_fail(&credentials->problem, ERR_UNAVAILABLE,
				 "The file of %s is not a token in one line", name);
	text->len += token.len;
	text->data[text->len] = '\0';
	return 0;
}

/*
 * Exchange the token of a web identity. The address is checked here too, because the token goes
 * there.
 */
static int fetch_from_sts(struct credentials *credentials, int64_t deadline_ms, struct set *set)
{
	const struct environment *environment = &credentials->environment;
	const char *session = environment->role_session_name;
	secret_auto token = BUF_INIT(TOKEN_FILE_MAX + 1);
	secret_auto body = BUF_INIT(TOKEN_REQUEST_MAX);
	secret_auto received = BUF_INIT(ANSWER_MAX);
	struct http_request request = {
		.method = "POST",
		.url = credentials->sts_endpoint,
		.headers = {"Content-Type: application/x-www-form-urlencoded"},
		.timeout_ms = STS_MS,
	};
	struct sts_answer answer = {0};
	int status = 0, r;

	if (!environment->web_identity_file || !environment->role_arn)
		return note_fail(&credentials->problem, ERR_UNAVAILABLE, "%s is not set",
				 environment->role_arn ? "AWS_WEB_IDENTITY_TOKEN_FILE"
						       : "AWS_ROLE_ARN");
	if (!url_is_protected(credentials->sts_endpoint, NULL))
		return fail(credentials, "The address of STS is not an allowed address");
	r = read_token(credentials, "AWS_WEB_IDENTITY_TOKEN_FILE", environment->web_identity_file,
		       &token);
	if (r < 0)
		return r;
	if (!buf_reserve(&body, body.max))
		return ERR_NO_MEMORY;
	sts_write_request(&body, environment->role_arn, session ? session : SESSION_NAME,
			  buf_slice(&token));
	if (body.failed)
		return fail(credentials, "AWS_ROLE_ARN or AWS_ROLE_SESSION_NAME is too long");
	request.body = buf_slice(&body);
	r = send_request(credentials, &request, deadline_ms, &received, &status);
	if (r < 0)
		return r;
	r = sts_read_answer(buf_slice(&received), &set->text, &answer);
	if (r == ERR_NO_MEMORY)
		return r;
	if (status != 200)
		return note_fail(&credentials->problem, ERR_UNAVAILABLE, "STS answered %d%s%.*s",
				 status, answer.error.len > 0 ? " " : "", (int)answer.error.len,
				 answer.error.len > 0 ? answer.error.ptr : "");
	if (r < 0)
		return fail(credentials, "The answer of STS is not XML, or not as described");
	set->keys = answer.keys;
	return finish_keys(credentials, set, answer.expiration);
}

/* Write "Authorization: …" to `header`, which stays empty when no token is configured. */
static int container_header(struct credentials *credentials, struct buf *header)
{
	static const char prefix[] = "Authorization: ";
	const struct environment *environment = &credentials->environment;
	int r = 0;

	if (!environment->container_token_file && !environment->container_token)
		return 0;
	if (!buf_reserve(header, header->max))
		return ERR_NO_MEMORY;
	buf_puts(header, prefix);
	if (environment->container_token_file)
		r = read_token(credentials, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
			       environment->container_token_file, header);
	else
		buf_puts(header, environment->container_token);
	if (r < 0)
		return r;
	if (header->failed || !is_header_value(slice_from(buf_slice(header), sizeof(prefix) - 1)))
		return fail(credentials, "The container's authorization token is not one line");
	return 0;
}

static int fetch_from_container(struct credentials *credentials, int64_t deadline_ms,
				struct set *set)
{
	const char *relative = credentials->environment.container_relative;
	secret_auto header = BUF_INIT(TOKEN_FILE_MAX + 64);
	char url[CREDENTIALS_URL_SIZE];
	int r;

	if (credentials_container_url(relative, credentials->environment.container_full, url) < 0)
		return note_fail(&credentials->problem, ERR_UNAVAILABLE,
				 "AWS_CONTAINER_CREDENTIALS_%s_URI is not an allowed address",
				 relative ? "RELATIVE" : "FULL");
	r = container_header(credentials, &header);
	if (r == 0)
		r = fetch(credentials, "GET", url, header.data, deadline_ms, &set->text);
	return r < 0 ? r : read_keys(credentials, set);
}

/* The URL of `path` and `name` at the metadata service. Returns 0; ERR_UNAVAILABLE. */
static int instance_url(struct credentials *credentials, const char *path, struct slice name,
			char ret_url[CREDENTIALS_URL_SIZE])
{
	const char *endpoint = credentials->environment.metadata_endpoint;
	size_t len;
	int n;

	if (!endpoint)
		endpoint = INSTANCE_ADDRESS;
	len = strlen(endpoint);
	while (len > 0 && endpoint[len - 1] == '/')
		len--;
	n = snprintf(ret_url, CREDENTIALS_URL_SIZE, "%.*s%s%.*s", (int)len, endpoint, path,
		     (int)name.len, name.ptr ? name.ptr : "");
	if (n < 0 || n >= CREDENTIALS_URL_SIZE)
		return fail(credentials, "AWS_EC2_METADATA_SERVICE_ENDPOINT is too long");
	return 0;
}

/* Write the header with a session token of the metadata service. */
static int instance_header(struct credentials *credentials, int64_t deadline_ms, struct buf *header)
{
	secret_auto token = BUF_INIT(1024);
	char url[CREDENTIALS_URL_SIZE];
	int r;

	r = instance_url(credentials, "/latest/api/token", (struct slice){0}, url);
	if (r < 0)
		return r;
	r = fetch(credentials, "PUT", url, "X-aws-ec2-metadata-token-ttl-seconds: 21600",
		  deadline_ms, &token);
	if (r < 0)
		return r;
	if (!is_header_value(buf_slice(&token)))
		return fail(credentials, "The metadata service gave no token");
	buf_printf(header, "X-aws-ec2-metadata-token: %s", token.data);
	return header->failed ? ERR_NO_MEMORY : 0;
}

/* The role's name is the first line of the answer; further lines would be other roles. */
static struct slice role_name(const struct buf *answer)
{
	static const char signs[] = "+=,.@_-";
	struct slice rest = buf_slice(answer);
	struct slice name = slice_cut(&rest, '\n');

	if (name.len > 0 && name.ptr[name.len - 1] == '\r')
		name.len--;
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.ptr[i]) &&
		    !memchr(signs, name.ptr[i], sizeof(signs) - 1))
			return (struct slice){0};
	return name;
}

static int fetch_from_instance(struct credentials *credentials, int64_t deadline_ms,
			       struct set *set)
{
	secret_auto header = BUF_INIT(2048);
	buf_auto answer = BUF_INIT(256);
	char url[CREDENTIALS_URL_SIZE];
	struct slice role;
	int r;

	r = instance_header(credentials, deadline_ms, &header);
	if (r == 0)
		r = instance_url(credentials, INSTANCE_ROLES, (struct slice){0}, url);
	if (r == 0)
		r = fetch(credentials, "GET", url, header.data, deadline_ms, &answer);
	if (r < 0)
		return r;
	role = role_name(&answer);
	if (role.len == 0)
		return fail(credentials, "The metadata service names no role");
	r = instance_url(credentials, INSTANCE_ROLES, role, url);
	if (r == 0)
		r = fetch(credentials, "GET", url, header.data, deadline_ms, &set->text);
	return r < 0 ? r : read_keys(credentials, set);
}

/* Take the keys of the environment. Returns 0; ERR_UNAVAILABLE. */
static int read_environment(struct credentials *credentials, struct set *set)
{
	const struct environment *environment = &credentials->environment;
	const char *token = environment->session_token ? environment->session_token : "";

	if (!environment->access_key_id)
		return fail(credentials, "AWS_ACCESS_KEY_ID is not set");
	if (!environment->secret_access_key)
		return fail(credentials, "AWS_SECRET_ACCESS_KEY is not set");
	set->expires_s = INT64_MAX;
	set->keys = (struct aws_keys){
		.access_key_id = slice_of(environment->access_key_id),
		.secret_access_key = slice_of(environment->secret_access_key),
		.session_token = slice_of(token),
	};
	return check_keys(credentials, &set->keys);
}

/* Get keys from the first source that is configured, and replace the old ones. */
static int renew(struct credentials *credentials, int64_t deadline_ms)
{
	const struct environment *environment = &credentials->environment;
	set_auto set = {.text = BUF_INIT(ANSWER_MAX)};
	struct set old = credentials->set;
	int r;

	if (environment->access_key_id || environment->secret_access_key) {
		r = read_environment(credentials, &set);
	} else if (environment->web_identity_file || environment->role_arn) {
		r = fetch_from_sts(credentials, deadline_ms, &set);
	} else if (environment->container_relative || environment->container_full) {
		r = fetch_from_container(credentials, deadline_ms, &set);
	} else if (environment->metadata_disabled &&
		   strcasecmp(environment->metadata_disabled, "true") == 0) {
		r = fail(credentials, "No AWS credentials: AWS_ACCESS_KEY_ID is not set and the "
				      "metadata service is disabled");
	} else {
		r = fetch_from_instance(credentials, deadline_ms, &set);
	}
	if (r < 0)
		return r;
	credentials->set = set;
	set = old;
	return 0;
}

int credentials_get(struct credentials *credentials, int64_t now_s, int64_t timeout_ms,
		    struct aws_keys *ret_keys)
{
	struct set *set = &credentials->set;
	int64_t left_s = set->keys.access_key_id.ptr ? set->expires_s - now_s : 0;
	int64_t since_s = now_s - credentials->tried_s;
	int r = 0;

	/* A renewal may take a second: not in every request. */
	if (left_s <= RENEW_S &&
	    (since_s < 0 || since_s >= (left_s > 0 ? RETRY_S : RETRY_WITHOUT_S))) {
		credentials->tried_s = now_s;
		r = renew(credentials, clock_monotonic_ms() + timeout_ms);
		if (r == 0)
			left_s = set->expires_s - now_s;
		if (r == 0 && left_s <= 0)
			fail(credentials, "The AWS credentials have expired");
	}
	if (left_s <= 0)
		return r < 0 ? r : ERR_UNAVAILABLE;
	*ret_keys = set->keys;
	return 0;
}

void credentials_expire(struct credentials *credentials)
{
	dispose_set(&credentials->set);
	credentials->set = (struct set){0};
	credentials->tried_s = 0;
}

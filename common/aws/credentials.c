/* credentials.c - what credentials.h says. */
#include "aws/credentials.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/http.h"
#include "net/url.h"
#include "json/jsonscan.h"

#define ANSWER_MAX	  16384
#define TOKEN_FILE_MAX	  16384
#define REQUEST_MS	  1000
#define RENEW_S		  300 /* before they expire */
#define RETRY_S		  10  /* between attempts while the old ones are valid */
#define RETRY_WITHOUT_S	  1   /* between attempts while there are none */
#define CONTAINER_ADDRESS "http://169.254.170.2"
#define INSTANCE_ADDRESS  "http://169.254.169.254"
#define INSTANCE_ROLES	  "/latest/meta-data/iam/security-credentials/"

/* Keys and the buffer that they point into; keys.access_key_id.ptr is NULL when there are none. */
struct set {
	struct aws_keys keys;
	int64_t expires_s;
	struct buf text;
};

struct credentials {
	struct http *http; /* NULL until an endpoint is asked */
	struct set set;
	int64_t tried_s; /* when an endpoint was last asked; 0: never */
	char problem[512];
};

static int fail(struct credentials *credentials, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct credentials *credentials, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(credentials->problem, sizeof(credentials->problem), format, args);
	va_end(args);
	return ERR_UNAVAILABLE;
}

/* What held a secret is overwritten before it is given back. */
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

struct credentials *credentials_new(void)
{
	return calloc(1, sizeof(struct credentials));
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
	return credentials->problem;
}

static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Whether it can stand in a header: not empty, nothing but visible ASCII and blanks. */
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

/* Where ECS and EKS serve credentials over plain HTTP, on the machine's own network. */
static const char *const container_hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
					      NULL};

int credentials_container_url(const char *relative, const char *full,
			      char ret_url[CREDENTIALS_URL_SIZE])
{
	char url[CREDENTIALS_URL_SIZE];
	int n;

	/* Without its slash a relative one could go on with the host: @elsewhere. */
	if (relative && *relative != '/')
		return ERR_INVALID;
	n = snprintf(url, sizeof(url), "%s%s", relative ? CONTAINER_ADDRESS : "",
		     relative ? relative : full);
	if (n < 0 || (size_t)n >= sizeof(url) || !url_is_protected(url, container_hosts))
		return ERR_INVALID;
	memcpy(ret_url, url, (size_t)n + 1);
	return 0;
}

/*
 * One request to an endpoint.
 * header: "Name: value" or NULL.
 * text:   the answer; its memory is taken at once, so that no copy is left behind by growing.
 */
static int ask(struct credentials *credentials, const char *method, const char *url,
	       const char *header, int64_t deadline_ms, struct buf *text)
{
	struct http_request request = {.method = method, .url = url, .headers = {header}};
	struct http_response response;
	int64_t left_ms = deadline_ms - clock_monotonic_ms();
	int r;

	if (left_ms <= 0)
		return fail(credentials, "No time left to ask for AWS credentials");
	request.timeout_ms = left_ms < REQUEST_MS ? left_ms : REQUEST_MS;
	if (!credentials->http)
		credentials->http = http_new();
	if (!credentials->http || !buf_reserve(text, text->max))
		return ERR_NO_MEMORY;
	r = http_send(credentials->http, &request, text, &response);
	if (r == ERR_UNAVAILABLE)
		return fail(credentials, "The credentials endpoint: %s",
			    http_problem(credentials->http));
	if (r < 0)
		return r;
	if (response.status != 200)
		return fail(credentials, "The credentials endpoint answered %d", response.status);
	return 0;
}

/* Times there end in Z; clock_parse reads the form with an offset. */
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

/* Read the keys out of set->text, where they stay. */
static int read_keys(struct credentials *credentials, struct set *set)
{
	struct slice key, code = SLICE("Success"), expiration = {0};
	struct jsonscan scan;

	jsonscan_begin(&scan, set->text.data, set->text.len, 4);
	jsonscan_object(&scan);
	while (jsonscan_member(&scan, &key)) {
		struct slice *place = slice_is(key, "AccessKeyId") ? &set->keys.access_key_id
				      : slice_is(key, "SecretAccessKey")
					      ? &set->keys.secret_access_key
				      : slice_is(key, "Token")	    ? &set->keys.session_token
				      : slice_is(key, "Expiration") ? &expiration
				      : slice_is(key, "Code")	    ? &code
								    : NULL;

		if (place && jsonscan_peek(&scan) == JSONSCAN_STRING)
			jsonscan_string(&scan, place);
		else
			jsonscan_skip(&scan);
	}
	if (!jsonscan_end(&scan))
		return fail(credentials, "The credentials endpoint's answer is not JSON");
	if (!slice_is(code, "Success"))
		return fail(credentials, "The credentials endpoint refused");
	/* Keys without an end stay for good. */
	set->expires_s = INT64_MAX;
	if (expiration.len > 0 && parse_expiration(expiration, &set->expires_s) < 0)
		return fail(credentials, "The credentials' expiration is not a time");
	return check_keys(credentials, &set->keys);
}

static int read_file(struct credentials *credentials, const char *path, struct buf *text)
{
	FILE *file = fopen(path, "re");
	char *at = buf_reserve(text, TOKEN_FILE_MAX);

	if (!file || !at) {
		if (file)
			fclose(file);
		return fail(credentials, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read");
	}
	text->len += fread(at, 1, TOKEN_FILE_MAX, file);
	text->data[text->len] = '\0';
	fclose(file);
	return 0;
}

/* "Authorization: …" into `header`, which stays empty when no token is configured. */
static int container_header(struct credentials *credentials, struct buf *header)
{
	static const char prefix[] = "Authorization: ";
	const char *path = value_of("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *value = value_of("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	int r;

	if (!path && !value)
		return 0;
	if (!buf_reserve(header, header->max))
		return ERR_NO_MEMORY;
	buf_puts(header, prefix);
	if (path) {
		/* Read each time: it is replaced before it expires. */
		r = read_file(credentials, path, header);
		if (r < 0)
			return r;
	} else {
		buf_puts(header, value);
	}
	if (header->failed || !is_header_value((struct slice){header->data + sizeof(prefix) - 1,
							      header->len - (sizeof(prefix) - 1)}))
		return fail(credentials, "The container's authorization token is not one line");
	return 0;
}

static int ask_container(struct credentials *credentials, const char *relative, const char *full,
			 int64_t deadline_ms, struct set *set)
{
	secret_auto header = BUF_INIT(TOKEN_FILE_MAX + 64);
	char url[CREDENTIALS_URL_SIZE];
	int r;

	if (credentials_container_url(relative, full, url) < 0)
		return fail(credentials,
			    "AWS_CONTAINER_CREDENTIALS_%s_URI is not an allowed address",
			    relative ? "RELATIVE" : "FULL");
	r = container_header(credentials, &header);
	if (r < 0)
		return r;
	return ask(credentials, "GET", url, header.data, deadline_ms, &set->text);
}

static int instance_url(struct credentials *credentials, const char *path, struct slice name,
			char ret_url[CREDENTIALS_URL_SIZE])
{
	const char *endpoint = value_of("AWS_EC2_METADATA_SERVICE_ENDPOINT");
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

/* Version 2: a session token first, then the role's name, then its keys. */
static int ask_instance(struct credentials *credentials, int64_t deadline_ms, struct set *set)
{
	secret_auto token = BUF_INIT(1024);
	secret_auto header = BUF_INIT(2048);
	buf_auto role = BUF_INIT(256);
	char url[CREDENTIALS_URL_SIZE];
	int r;

	r = instance_url(credentials, "/latest/api/token", (struct slice){0}, url);
	if (r < 0)
		return r;
	r = ask(credentials, "PUT", url, "X-aws-ec2-metadata-token-ttl-seconds: 21600", deadline_ms,
		&token);
	if (r < 0)
		return r;
	if (!is_header_value(buf_slice(&token)))
		return fail(credentials, "The metadata service gave no token");
	buf_printf(&header, "X-aws-ec2-metadata-token: %s", token.data);

	r = instance_url(credentials, INSTANCE_ROLES, (struct slice){0}, url);
	if (r < 0)
		return r;
	r = ask(credentials, "GET", url, header.data, deadline_ms, &role);
	if (r < 0)
		return r;
	/* One name; a second line would be another role. */
	role.len = role.data ? strcspn(role.data, "\r\n") : 0;
	for (size_t i = 0; i < role.len; i++)
		if (!strchr("+=,.@_-", role.data[i]) && !isalnum((unsigned char)role.data[i]))
			role.len = 0;
	if (role.len == 0)
		return fail(credentials, "The metadata service names no role");

	r = instance_url(credentials, INSTANCE_ROLES, buf_slice(&role), url);
	if (r < 0)
		return r;
	return ask(credentials, "GET", url, header.data, deadline_ms, &set->text);
}

static int environment_keys(struct credentials *credentials, const char *id, const char *secret,
			    struct aws_keys *ret_keys)
{
	const char *token = value_of("AWS_SESSION_TOKEN");
	struct aws_keys keys;
	int r;

	if (!id || !secret)
		return fail(credentials, "%s is not set",
			    id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
	keys = (struct aws_keys){slice_of(id), slice_of(secret), slice_of(token ? token : "")};
	r = check_keys(credentials, &keys);
	if (r == 0)
		*ret_keys = keys;
	return r;
}

/* Ask the endpoint that is configured and replace what was known. */
static int renew(struct credentials *credentials, int64_t deadline_ms)
{
	const char *relative = value_of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = value_of("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	const char *disabled = value_of("AWS_EC2_METADATA_DISABLED");
	set_auto set = {.text = BUF_INIT(ANSWER_MAX)};
	struct set old = credentials->set;
	int r;

	if (relative || full)
		r = ask_container(credentials, relative, full, deadline_ms, &set);
	else if (disabled && strcasecmp(disabled, "true") == 0)
		r = fail(credentials, "No AWS credentials: AWS_ACCESS_KEY_ID is not set and the "
				      "metadata service is disabled");
	else
		r = ask_instance(credentials, deadline_ms, &set);
	if (r == 0)
		r = read_keys(credentials, &set);
	if (r < 0)
		return r;
	credentials->set = set;
	set = old;
	return 0;
}

int credentials_get(struct credentials *credentials, int64_t now_s, int64_t timeout_ms,
		    struct aws_keys *ret_keys)
{
	const char *id = value_of("AWS_ACCESS_KEY_ID");
	const char *secret = value_of("AWS_SECRET_ACCESS_KEY");
	const struct set *set = &credentials->set;
	int64_t left_s, since_s;
	int r = 0;

	if (id || secret)
		return environment_keys(credentials, id, secret, ret_keys);

	left_s = set->keys.access_key_id.ptr ? set->expires_s - now_s : 0;
	since_s = now_s - credentials->tried_s;
	/* Asking may cost a second: not again in every request. */
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

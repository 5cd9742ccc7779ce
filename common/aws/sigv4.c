/* sigv4.c - see sigv4.h. */
#include "aws/sigv4.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <time.h>

#include "base/crypto.h"
#include "base/err.h"

#define ALGORITHM	   "AWS4-HMAC-SHA256"
#define TERMINATOR	   "aws4_request"
#define DAY_LEN		   8
#define CANONICAL_MAX	   32768 /* the session token is the largest part */
#define SIGNED_HEADERS_MAX 1024

struct sigv4 {
	struct buf canonical;
	struct buf signed_headers;
	struct buf text;
	/* the last key, and what it was derived from; day is empty before the first */
	char day[DAY_LEN + 1];
	char region[SIGV4_NAME_MAX + 1];
	char service[SIGV4_NAME_MAX + 1];
	char secret[SIGV4_SECRET_MAX];
	size_t secret_len;
	unsigned char key[SIGV4_KEY_SIZE];
};

void sigv4_time(int64_t now_s, char ret_time[SIGV4_TIME_SIZE])
{
	time_t now = (time_t)now_s;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(ret_time, SIGV4_TIME_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

/* Append the SHA-256 of `bytes` in hex. Returns 0; ERR_NO_MEMORY. */
static int append_hash(struct slice bytes, struct buf *out)
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	char hex[CRYPTO_HEX_SIZE];
	int r;

	r = crypto_sha256(&bytes, 1, digest);
	if (r < 0)
		return r;
	crypto_hex(digest, hex);
	buf_puts(out, hex);
	return 0;
}

static char lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c | 0x20);
	return c;
}

static int compare_names(struct slice a, struct slice b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int difference = (unsigned char)lower(a.ptr[i]) - (unsigned char)lower(b.ptr[i]);

		if (difference != 0)
			return difference;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static void append_lower(struct slice name, struct buf *out)
{
	char *at = buf_reserve(out, name.len);

	if (!at)
		return;
	for (size_t i = 0; i < name.len; i++)
		at[i] = lower(name.ptr[i]);
	out->len += name.len;
}

/* Append `value` without white space at its ends, and with one blank for white space within. */
static void append_value(struct slice value, struct buf *out)
{
	bool space = false;
	char *start = buf_reserve(out, value.len);
	char *at = start;

	if (!at)
		return;
	for (size_t i = 0; i < value.len; i++) {
		if (slice_is_space(value.ptr[i])) {
			space = at > start;
			continue;
		}
		if (space)
			*at++ = ' ';
		space = false;
		*at++ = value.ptr[i];
	}
	out->len += (size_t)(at - start);
}

/* Sort the headers by name (insertion sort: they are few); equal names keep their order. */
static void sort_headers(const struct sigv4_request *request, const struct sigv4_header **sorted)
{
	for (size_t count = 0; count < request->headers_count; count++) {
		const struct sigv4_header *header = &request->headers[count];
		size_t i = count;

		for (; i > 0 && compare_names(sorted[i - 1]->name, header->name) > 0; i--)
			sorted[i] = sorted[i - 1];
		sorted[i] = header;
	}
}

/* Append the sorted headers, one per line; values of equal names are joined by commas. */
static void append_headers(const struct sigv4_header *const *sorted, size_t count,
			   struct buf *canonical, struct buf *signed_headers)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_names(sorted[i - 1]->name, sorted[i]->name) == 0) {
			buf_putc(canonical, ',');
		} else {
			buf_putc(canonical, '\n');
			append_lower(sorted[i]->name, canonical);
			buf_putc(canonical, ':');
			if (i > 0)
				buf_putc(signed_headers, ';');
			append_lower(sorted[i]->name, signed_headers);
		}
		append_value(sorted[i]->value, canonical);
	}
}

int sigv4_canonical_request(const struct sigv4_request *request, struct buf *canonical,
			    struct buf *signed_headers)
{
	const struct sigv4_header *sorted[SIGV4_HEADERS_MAX] = {NULL};
	int r;

	if (request->headers_count > SIGV4_HEADERS_MAX)
		return ERR_INTERNAL;
	sort_headers(request, sorted);
	buf_puts(canonical, request->method);
	buf_putc(canonical, '\n');
	buf_append(canonical, request->path.ptr, request->path.len);
	buf_putc(canonical, '\n');
	buf_append(canonical, request->query.ptr, request->query.len);
	append_headers(sorted, request->headers_count, canonical, signed_headers);
	buf_puts(canonical, "\n\n");
	buf_append(canonical, signed_headers->data, signed_headers->len);
	buf_putc(canonical, '\n');
	r = append_hash(request->body, canonical);
	if (r < 0)
		return r;
	return canonical->failed || signed_headers->failed ? ERR_NO_MEMORY : 0;
}

static void append_scope(const struct sigv4_scope *scope, struct buf *out)
{
	buf_append(out, scope->time, DAY_LEN);
	buf_putc(out, '/');
	buf_puts(out, scope->region);
	buf_putc(out, '/');
	buf_puts(out, scope->service);
	buf_puts(out, "/" TERMINATOR);
}

int sigv4_string_to_sign(const struct sigv4_scope *scope, struct slice canonical, struct buf *text)
{
	int r;

	buf_puts(text, ALGORITHM "\n");
	buf_puts(text, scope->time);
	buf_putc(text, '\n');
	append_scope(scope, text);
	buf_putc(text, '\n');
	r = append_hash(canonical, text);
	if (r < 0)
		return r;
	return text->failed ? ERR_NO_MEMORY : 0;
}

int sigv4_key(const struct sigv4_scope *scope, struct slice secret,
	      unsigned char ret_key[SIGV4_KEY_SIZE])
{
	const struct slice steps[] = {
		slice_of(scope->region),
		slice_of(scope->service),
		SLICE(TERMINATOR),
	};
	char first[4 + SIGV4_SECRET_MAX] = "AWS4";
	unsigned char key[SIGV4_KEY_SIZE];
	int r;

	if (secret.len > SIGV4_SECRET_MAX)
		return ERR_INTERNAL;
	if (secret.len > 0)
		memcpy(first + 4, secret.ptr, secret.len);
	r = crypto_hmac((struct slice){first, 4 + secret.len}, (struct slice){scope->time, DAY_LEN},
			key);
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = crypto_hmac((struct slice){(const char *)key, sizeof(key)}, steps[i], key);
	if (r == 0)
		memcpy(ret_key, key, sizeof(key));
	OPENSSL_cleanse(first, sizeof(first));
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

int sigv4_signature(const unsigned char key[SIGV4_KEY_SIZE], struct slice text,
		    char ret_signature[SIGV4_SIGNATURE_SIZE])
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	int r;

	r = crypto_hmac((struct slice){(const char *)key, SIGV4_KEY_SIZE}, text, digest);
	if (r < 0)
		return r;
	crypto_hex(digest, ret_signature);
	return 0;
}

struct sigv4 *sigv4_new(void)
{
	struct sigv4 *sigv4 = calloc(1, sizeof(*sigv4));

	if (!sigv4)
		return NULL;
	sigv4->canonical.max = CANONICAL_MAX;
	sigv4->signed_headers.max = SIGNED_HEADERS_MAX;
	sigv4->text.max = SIGNED_HEADERS_MAX;
	return sigv4;
}

void sigv4_free(struct sigv4 *sigv4)
{
	if (!sigv4)
		return;
	if (sigv4->canonical.data)
		OPENSSL_cleanse(sigv4->canonical.data, sigv4->canonical.cap);
	buf_dispose(&sigv4->canonical);
	buf_dispose(&sigv4->signed_headers);
	buf_dispose(&sigv4->text);
	OPENSSL_cleanse(sigv4, sizeof(*sigv4));
	free(sigv4);
}

/* Make sigv4->key the key of this scope and secret. Returns 0; as sigv4_key. */
static int remember_key(struct sigv4 *sigv4, const struct sigv4_scope *scope, struct slice secret)
{
	int r;

	if (strncmp(sigv4->day, scope->time, DAY_LEN) == 0 &&
	    strcmp(sigv4->region, scope->region) == 0 &&
	    strcmp(sigv4->service, scope->service) == 0 &&
	    slice_equal(secret, (struct slice){sigv4->secret, sigv4->secret_len}))
		return 0;

	if (strlen(scope->region) > SIGV4_NAME_MAX || strlen(scope->service) > SIGV4_NAME_MAX)
		return ERR_INTERNAL;
	r = sigv4_key(scope, secret, sigv4->key);
	if (r < 0)
		return r;
	memcpy(sigv4->day, scope->time, DAY_LEN);
	memcpy(sigv4->region, scope->region, strlen(scope->region) + 1);
	memcpy(sigv4->service, scope->service, strlen(scope->service) + 1);
	OPENSSL_cleanse(sigv4->secret, sizeof(sigv4->secret));
	if (secret.len > 0)
		memcpy(sigv4->secret, secret.ptr, secret.len);
	sigv4->secret_len = secret.len;
	return 0;
}

int sigv4_authorization(struct sigv4 *sigv4, const struct sigv4_scope *scope,
			const struct aws_keys *keys, const struct sigv4_request *request,
			struct buf *authorization)
{
	char signature[SIGV4_SIGNATURE_SIZE];
	int r;

	buf_reset(&sigv4->canonical);
	buf_reset(&sigv4->signed_headers);
	buf_reset(&sigv4->text);
	r = sigv4_canonical_request(request, &sigv4->canonical, &sigv4->signed_headers);
	if (r < 0)
		return r;
	r = sigv4_string_to_sign(scope, buf_slice(&sigv4->canonical), &sigv4->text);
	if (r < 0)
		return r;
	r = remember_key(sigv4, scope, keys->secret_access_key);
	if (r < 0)
		return r;
	r = sigv4_signature(sigv4->key, buf_slice(&sigv4->text), signature);
	if (r < 0)
		return r;

	buf_puts(authorization, ALGORITHM " Credential=");
	buf_append(authorization, keys->access_key_id.ptr, keys->access_key_id.len);
	buf_putc(authorization, '/');
	append_scope(scope, authorization);
	buf_puts(authorization, ", SignedHeaders=");
	buf_append(authorization, sigv4->signed_headers.data, sigv4->signed_headers.len);
	buf_puts(authorization, ", Signature=");
	buf_puts(authorization, signature);
	return authorization->failed ? ERR_NO_MEMORY : 0;
}

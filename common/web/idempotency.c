/* idempotency.c - see idempotency.h. */
#include "web/idempotency.h"

#include "base/err.h"
#include "web/problem.h"

#define KEY_MAX 255

/* The SHA-256 of `parts`, in hex. Each part ends in a newline that it cannot contain itself. */
static int digest(const struct slice *parts, size_t count, char ret_hex[IDEMPOTENCY_DIGEST_SIZE])
{
	unsigned char bytes[CRYPTO_DIGEST_SIZE];
	int r;

	r = crypto_sha256(parts, count, bytes);
	if (r == 0)
		crypto_hex(bytes, ret_hex);
	return r;
}

int idempotency_read(const struct req *req, struct idempotency *ret_idempotency)
{
	struct slice end = SLICE("\n");
	struct slice request[] = {slice_of(req->method), end, req->path, end, req->body, end};
	struct slice key;
	int r;

	r = req_header_once(req, "HTTP_IDEMPOTENCY_KEY", &key);
	if (r == ERR_NOT_FOUND) {
		ret_idempotency->given = false;
		return 0;
	}
	if (r < 0 || key.len == 0 || key.len > KEY_MAX)
		return PROBLEM_IDEMPOTENCY_KEY_INVALID;
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] < '!' || key.ptr[i] > '~')
			return PROBLEM_IDEMPOTENCY_KEY_INVALID;
	r = digest((struct slice[]){key, end}, 2, ret_idempotency->key);
	if (r == 0)
		r = digest(request, sizeof(request) / sizeof(request[0]), ret_idempotency->request);
	if (r == 0)
		ret_idempotency->given = true;
	return r;
}

/* idempotency.c - see idempotency.h. */
#include "idempotency.h"

#include <openssl/evp.h>
#include <string.h>

#include "err.h"

#define KEY_MAX 255

/*
 * SHA-256 of several parts, each followed by a newline (no part but the last, the body, can
 * contain one), in hexadecimal. Returns 0; ERR_NO_MEMORY.
 */
static int digest(const struct slice *parts, size_t count, char ret[IDEMPOTENCY_DIGEST_SIZE])
{
	unsigned char bytes[32];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL);

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(md, parts[i].ptr, parts[i].len) &&
		     EVP_DigestUpdate(md, "\n", 1);
	ok = ok && EVP_DigestFinal_ex(md, bytes, NULL);
	EVP_MD_CTX_free(md);
	if (!ok)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		ret[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		ret[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	ret[IDEMPOTENCY_DIGEST_SIZE - 1] = '\0';
	return 0;
}

int idempotency_read(const struct req *req, struct idempotency *ret_idempotency)
{
	struct slice request[] = {slice_of(req->method), req->path, req->body};
	struct slice key;
	int r;

	r = req_header_once(req, "HTTP_IDEMPOTENCY_KEY", &key);
	if (r == ERR_NOT_FOUND) {
		ret_idempotency->given = false;
		return 0;
	}
	if (r < 0 || key.len == 0 || key.len > KEY_MAX)
		return ERR_IDEMPOTENCY_KEY_INVALID;
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] < '!' || key.ptr[i] > '~')
			return ERR_IDEMPOTENCY_KEY_INVALID;
	r = digest(&key, 1, ret_idempotency->key);
	if (r == 0)
		r = digest(request, sizeof(request) / sizeof(request[0]), ret_idempotency->request);
	if (r == 0)
		ret_idempotency->given = true;
	return r;
}

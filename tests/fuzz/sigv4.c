/* sigv4.c - any request to be signed: the order of its headers does not matter, and Authorization
 * is one line. Lines of the input: method, path, query, headers up to an empty line, body. */
#include "fuzz.h"

#include <strings.h>

#include "aws/sigv4.h"
#include "base/err.h"

static bool same_name(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* Returns false if two headers have the same name, because then their order matters. */
static bool read_headers(struct slice *input, struct sigv4_request *request)
{
	bool distinct = true;

	while (request->headers_count < SIGV4_HEADERS_MAX && input->len > 0) {
		struct slice value = fuzz_line(input);
		const char *colon = value.len > 0 ? memchr(value.ptr, ':', value.len) : NULL;
		struct slice name = {value.ptr, colon ? (size_t)(colon - value.ptr) : value.len};

		if (value.len == 0)
			break;
		value.ptr += name.len + (colon ? 1 : 0);
		value.len -= name.len + (colon ? 1 : 0);
		for (size_t i = 0; i < request->headers_count; i++)
			distinct = distinct && !same_name(request->headers[i].name, name);
		request->headers[request->headers_count++] = (struct sigv4_header){name, value};
	}
	return distinct;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sigv4_scope scope = {"ca-central-1", "dynamodb", "20261122T120000Z"};
	const struct aws_keys keys = {SLICE("AKID"), SLICE("secret"), SLICE("")};
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct slice input = {copy, size};
	struct slice method_line = fuzz_line(&input);
	char method[16] = "";
	struct sigv4_request request = {.method = method}, turned;
	buf_auto canonical = BUF_INIT(1 << 20), names = BUF_INIT(1 << 16);
	buf_auto canonical2 = BUF_INIT(1 << 20), names2 = BUF_INIT(1 << 16);
	buf_auto authorization = BUF_INIT(1 << 16);
	struct sigv4 *sigv4 = sigv4_new();
	bool distinct;
	int r;

	(void)slice_copy(method_line, method, sizeof(method));
	request.path = fuzz_line(&input);
	request.query = fuzz_line(&input);
	distinct = read_headers(&input, &request);
	request.body = input;
	turned = request;
	for (size_t i = 0; i < request.headers_count; i++)
		turned.headers[i] = request.headers[request.headers_count - 1 - i];

	ALWAYS(sigv4);
	ALWAYS(sigv4_canonical_request(&request, &canonical, &names) == 0);
	ALWAYS(sigv4_canonical_request(&turned, &canonical2, &names2) == 0);
	if (distinct) {
		ALWAYS(slice_equal(buf_slice(&names), buf_slice(&names2)));
		ALWAYS(slice_equal(buf_slice(&canonical), buf_slice(&canonical2)));
	}
	r = sigv4_authorization(sigv4, &scope, &keys, &request, &authorization);
	ALWAYS(r == 0 || (r == ERR_NO_MEMORY && names.len > 512)); /* names have a maximum */
	if (r == 0)
		ALWAYS(!memchr(authorization.data, '\n', authorization.len));
	sigv4_free(sigv4);
	free(copy);
	return 0;
}

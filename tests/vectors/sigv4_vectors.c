/*
 * sigv4_vectors.c - tests each stage of our signer with AWS's Signature Version 4 suite and two
 * published DynamoDB signatures.
 *
 * usage: sigv4_vectors FOLDER, which has sigv4/
 *
 * Cases about normalising paths and about sorting or encoding queries are left out, because our
 * requests need neither.
 */
#include <ctype.h>
#include <dirent.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/err.h"
#include "json/jsonin.h"

#define FILE_MAX   (64 * 1024)
#define DIGEST_HEX 65

static struct {
	int cases, failed;
} counts;

/* A case: a request, its scope and keys. `scope` refers to `region` and `service`. */
struct vector {
	const char *name;
	struct sigv4_request request;
	struct sigv4_scope scope;
	struct aws_keys keys;
	char region[64], service[64];
};

static bool read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "r");
	char *at = file ? buf_reserve(text, FILE_MAX) : NULL;

	if (at)
		text->len += fread(at, 1, FILE_MAX, file);
	if (at)
		text->data[text->len] = '\0';
	if (file)
		fclose(file);
	return at != NULL;
}

static bool compare(const char *name, const char *stage, struct slice got, struct slice want)
{
	if (slice_equal(got, want))
		return true;
	printf("%s: %s\n--- got\n%.*s\n--- want\n%.*s\n", name, stage, (int)got.len, got.ptr,
	       (int)want.len, want.ptr);
	return false;
}

static void hash_hex(struct slice bytes, char ret_hex[DIGEST_HEX])
{
	unsigned char digest[32];

	EVP_Digest(bytes.ptr, bytes.len, digest, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

static void add_header(struct sigv4_request *request, struct slice name, struct slice value)
{
	if (request->headers_count < SIGV4_HEADERS_MAX)
		request->headers[request->headers_count++] = (struct sigv4_header){name, value};
}

/* Take the text up to `end` from `text`, and skip `end`; without `end` take all of it. */
static struct slice cut(struct slice *text, const char *end)
{
	size_t n = strlen(end);
	struct slice part = *text;

	for (size_t i = 0; i + n <= text->len; i++) {
		if (memcmp(text->ptr + i, end, n) != 0)
			continue;
		part.len = i;
		text->ptr += i + n;
		text->len -= i + n;
		return part;
	}
	text->ptr += text->len;
	text->len = 0;
	return part;
}

/* Sign in stages, and compare each with the wanted result unless its pointer is NULL. */
static bool check(const struct vector *vector, struct slice want_canonical, struct slice want_text,
		  struct slice want_signature)
{
	buf_auto canonical = BUF_INIT(FILE_MAX), names = BUF_INIT(FILE_MAX);
	buf_auto text = BUF_INIT(FILE_MAX), authorization = BUF_INIT(FILE_MAX);
	buf_auto want_authorization = BUF_INIT(FILE_MAX);
	unsigned char key[SIGV4_KEY_SIZE];
	char signature[SIGV4_SIGNATURE_SIZE];
	struct sigv4 *sigv4 = sigv4_new();
	bool good;

	good = sigv4 && sigv4_canonical_request(&vector->request, &canonical, &names) == 0 &&
	       (!want_canonical.ptr || compare(vector->name, "canonical request",
					       buf_slice(&canonical), want_canonical)) &&
	       sigv4_string_to_sign(&vector->scope, buf_slice(&canonical), &text) == 0 &&
	       (!want_text.ptr ||
		compare(vector->name, "string to sign", buf_slice(&text), want_text)) &&
	       sigv4_key(&vector->scope, vector->keys.secret_access_key, key) == 0 &&
	       sigv4_signature(key, buf_slice(&text), signature) == 0 &&
	       compare(vector->name, "signature", slice_of(signature), want_signature) &&
	       sigv4_authorization(sigv4, &vector->scope, &vector->keys, &vector->request,
				   &authorization) == 0;
	if (good) {
		buf_printf(&want_authorization,
			   "AWS4-HMAC-SHA256 Credential=%.*s/%.8s/%s/%s/aws4_request, "
			   "SignedHeaders=%s, Signature=%s",
			   (int)vector->keys.access_key_id.len, vector->keys.access_key_id.ptr,
			   vector->scope.time, vector->scope.region, vector->scope.service,
			   names.data, signature);
		good = compare(vector->name, "authorization", buf_slice(&authorization),
			       buf_slice(&want_authorization));
	}
	sigv4_free(sigv4);
	return good;
}

static void count(bool good)
{
	counts.cases++;
	counts.failed += !good;
}

/* Set region and service of the scope, which needs them as strings. */
static bool set_scope(struct vector *vector, const json_object *context)
{
	struct slice region, service;

	if (jsonin_string(context, "region", &region) < 0 ||
	    jsonin_string(context, "service", &service) < 0 ||
	    !slice_copy(region, vector->region, sizeof(vector->region)) ||
	    !slice_copy(service, vector->service, sizeof(vector->service)))
		return false;
	vector->scope.region = vector->region;
	vector->scope.service = vector->service;
	return true;
}

/* --- sigv4/aws: one folder per case --- */

/* Whether the target needs no normalising: the root, with at most one plain parameter. */
static bool applies(struct slice target)
{
	if (target.len == 0 || target.ptr[0] != '/')
		return false;
	if (target.len > 1 && target.ptr[1] != '?')
		return false;
	for (size_t i = 2; i < target.len; i++)
		if (!isalnum((unsigned char)target.ptr[i]) && !strchr("-._~=", target.ptr[i]))
			return false;
	return true;
}

/* Read the headers of request.txt; a line that starts with a space continues the previous one. */
static void read_headers(struct vector *vector, struct slice text)
{
	struct sigv4_request *request = &vector->request;

	while (text.len > 0) {
		struct slice line = cut(&text, "\n");
		struct slice value = line;
		struct slice name = cut(&value, ":");

		if (line.len > 0 && line.ptr[0] == ' ' && request->headers_count > 0) {
			struct slice *last = &request->headers[request->headers_count - 1].value;

			last->len = (size_t)(line.ptr + line.len - last->ptr);
		} else {
			add_header(request, name, value);
		}
	}
}

static bool read_context(struct vector *vector, const json_object *context, bool *ret_sign_body)
{
	json_object *credentials, *flag;
	struct slice timestamp;
	char with_offset[CLOCK_TEXT_SIZE];
	int64_t us;

	if (!json_object_object_get_ex(context, "credentials", &credentials) ||
	    jsonin_string(credentials, "access_key_id", &vector->keys.access_key_id) < 0 ||
	    jsonin_string(credentials, "secret_access_key", &vector->keys.secret_access_key) < 0 ||
	    jsonin_string(context, "timestamp", &timestamp) < 0 || !set_scope(vector, context))
		return false;
	if (jsonin_string(credentials, "token", &vector->keys.session_token) < 0)
		vector->keys.session_token = (struct slice){0};
	snprintf(with_offset, sizeof(with_offset), "%.19s+00:00", timestamp.ptr);
	if (clock_parse(slice_of(with_offset), &us) < 0)
		return false;
	sigv4_time(us / 1000000, vector->scope.time);
	/* A token that is added after signing is not signed. */
	if (json_object_object_get_ex(context, "omit_session_token", &flag) &&
	    json_object_get_boolean(flag))
		vector->keys.session_token.len = 0;
	*ret_sign_body = json_object_object_get_ex(context, "sign_body", &flag) &&
			 json_object_get_boolean(flag);
	return true;
}

static void run_folder(const char *folder, const char *name)
{
	static const char *const files[] = {"context.json", "request.txt",
					    "header-canonical-request.txt",
					    "header-string-to-sign.txt", "header-signature.txt"};
	struct buf texts[5] = {BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX),
			       BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX)};
	struct vector vector = {.name = name};
	json_auto *context = NULL;
	struct slice request, line, method, target;
	char path[4096], method_text[16], body_hash[DIGEST_HEX];
	bool sign_body = false, good = true;

	for (size_t i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", folder, name, files[i]);
		good = good && read_file(path, &texts[i]);
	}
	if (!good || jsonin_object(buf_slice(&texts[0]), &context) < 0 ||
	    !read_context(&vector, context, &sign_body)) {
		printf("%s: cannot be read\n", name);
		count(false);
		goto out;
	}
	request = buf_slice(&texts[1]);
	while (request.len > 0 && request.ptr[0] == '\n')
		cut(&request, "\n");
	line = cut(&request, "\n");
	method = cut(&line, " ");
	line.len = line.len > 9 ? line.len - 9 : 0; /* " HTTP/1.1" */
	target = line;
	if (!applies(target))
		goto out;

	slice_copy(method, method_text, sizeof(method_text));
	vector.request.method = method_text;
	vector.request.path = cut(&target, "?");
	vector.request.query = target;
	read_headers(&vector, cut(&request, "\n\n"));
	vector.request.body = request;
	add_header(&vector.request, SLICE("X-Amz-Date"), slice_of(vector.scope.time));
	if (vector.keys.session_token.len > 0)
		add_header(&vector.request, SLICE("X-Amz-Security-Token"),
			   vector.keys.session_token);
	if (sign_body) {
		hash_hex(vector.request.body, body_hash);
		add_header(&vector.request, SLICE("X-Amz-Content-Sha256"), slice_of(body_hash));
	}
	count(check(&vector, buf_slice(&texts[2]), buf_slice(&texts[3]), buf_slice(&texts[4])));
out:
	for (size_t i = 0; i < 5; i++)
		buf_dispose(&texts[i]);
}

static void run_suite(const char *vectors)
{
	char folder[2048];
	struct dirent **names;
	int n;

	snprintf(folder, sizeof(folder), "%s/sigv4/aws", vectors);
	n = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_type == DT_DIR && names[i]->d_name[0] != '.')
			run_folder(folder, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* --- sigv4/dynamodb_published.jsonl: one line per case --- */

static bool read_hex(struct slice hex, struct buf *bytes)
{
	for (size_t i = 0; i + 1 < hex.len; i += 2) {
		char digits[3] = {hex.ptr[i], hex.ptr[i + 1], '\0'};

		buf_putc(bytes, (char)strtoul(digits, NULL, 16));
	}
	return !bytes->failed && hex.len % 2 == 0;
}

/* Encode a path for a signature, which our requests never need. */
static void encode_path(struct slice path, struct buf *encoded)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (isalnum(c) || strchr("-._~/", c))
			buf_putc(encoded, (char)c);
		else
			buf_printf(encoded, "%%%02X", c);
	}
}

static bool run_published(const json_object *test)
{
	buf_auto body = BUF_INIT(FILE_MAX), path = BUF_INIT(FILE_MAX);
	struct vector vector = {.name = "a published signature"};
	struct slice method, target, body_hex, time, signature;
	json_object *headers;
	char method_text[16];

	if (jsonin_string(test, "method", &method) < 0 ||
	    jsonin_string(test, "target", &target) < 0 ||
	    jsonin_string(test, "body_hex", &body_hex) < 0 ||
	    jsonin_string(test, "amzdate", &time) < 0 ||
	    jsonin_string(test, "akid", &vector.keys.access_key_id) < 0 ||
	    jsonin_string(test, "secret", &vector.keys.secret_access_key) < 0 ||
	    jsonin_string(test, "sig", &signature) < 0 ||
	    jsonin_array(test, "signed_headers", &headers) < 0 || !set_scope(&vector, test) ||
	    !slice_copy(time, vector.scope.time, sizeof(vector.scope.time)) ||
	    !slice_copy(method, method_text, sizeof(method_text)) || !read_hex(body_hex, &body))
		return false;
	for (size_t i = 0; i < json_object_array_length(headers); i++) {
		json_object *pair = json_object_array_get_idx(headers, i);
		const char *name = json_object_get_string(json_object_array_get_idx(pair, 0));
		const char *value = json_object_get_string(json_object_array_get_idx(pair, 1));

		add_header(&vector.request, slice_of(name), slice_of(value));
	}
	encode_path(target, &path);
	vector.request.method = method_text;
	vector.request.path = buf_slice(&path);
	vector.request.body = buf_slice(&body);
	return check(&vector, (struct slice){0}, (struct slice){0}, signature);
}

static void run_published_file(const char *vectors)
{
	buf_auto text = BUF_INIT(FILE_MAX);
	struct slice lines;
	char path[2048];

	snprintf(path, sizeof(path), "%s/sigv4/dynamodb_published.jsonl", vectors);
	if (!read_file(path, &text))
		return;
	lines = buf_slice(&text);
	while (lines.len > 0) {
		json_auto *test = NULL;
		struct slice line = cut(&lines, "\n");

		if (line.len > 0)
			count(jsonin_object(line, &test) == 0 && run_published(test));
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	run_suite(argv[1]);
	run_published_file(argv[1]);
	printf("sigv4: %d cases, %d failed\n", counts.cases, counts.failed);
	return counts.cases == 0 || counts.failed > 0;
}

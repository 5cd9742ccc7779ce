/* req.c - see req.h. */
#include "web/req.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/percent.h"
#include "base/uuid.h"
#include "json/jsonin.h"
#include "web/problem.h"

/* The value of an environment entry, "NAME=value", if it is that of `name`; else NULL. */
static const char *entry_value(const char *entry, const char *name, size_t name_len)
{
	if (strncmp(entry, name, name_len) != 0 || entry[name_len] != '=')
		return NULL;
	return entry + name_len + 1;
}

const char *req_env(const struct req *req, const char *name)
{
	size_t len = strlen(name);

	for (char *const *entry = req->env; *entry; entry++) {
		const char *value = entry_value(*entry, name, len);

		if (value)
			return value;
	}
	return NULL;
}

int req_header_once(const struct req *req, const char *name, struct slice *ret_value)
{
	const char *found = NULL;
	size_t len = strlen(name);

	for (char *const *entry = req->env; *entry; entry++) {
		const char *value = entry_value(*entry, name, len);

		if (!value)
			continue;
		if (found)
			return ERR_INVALID;
		found = value;
	}
	if (!found)
		return ERR_NOT_FOUND;
	*ret_value = slice_of(found);
	return 0;
}

struct slice req_param(const struct req *req, const char *name)
{
	for (size_t i = 0; i < req->params_count; i++) {
		const struct req_param *param = &req->params[i];

		if (slice_is(param->name, name))
			return param->value;
	}
	return SLICE("");
}

int req_param_uuid(const struct req *req, const char *name, char ret_uuid[UUID_SIZE])
{
	return uuid_parse(req_param(req, name), ret_uuid) < 0 ? ERR_NOT_FOUND : 0;
}

/*
 * Percent-decode `text` onto the end of `scratch`.
 * Returns 0; ERR_INVALID as percent_decode; ERR_NO_MEMORY.
 */
static int decode(struct slice text, bool plus, struct buf *scratch, struct slice *ret_text)
{
	char *to;
	size_t len;
	int r;

	/* Reserve everything at once: slices decoded earlier must not move. */
	if (!buf_reserve(scratch, scratch->max - scratch->len))
		return ERR_NO_MEMORY;
	to = buf_reserve(scratch, text.len);
	if (!to)
		return ERR_NO_MEMORY;
	r = percent_decode(text, plus, to, &len);
	if (r < 0)
		return r;
	scratch->len += len;
	*ret_text = (struct slice){to, len};
	return 0;
}

int req_query(const struct req *req, const char *name, struct slice *ret_value)
{
	struct slice rest = req->query;
	struct slice found = {0};
	bool has = false;

	while (rest.len) {
		struct slice value = slice_cut(&rest, '&');
		struct slice key = slice_cut(&value, '=');
		int r;

		r = decode(key, true, req->scratch, &key);
		if (r < 0)
			return r == ERR_INVALID ? PROBLEM_QUERY_INVALID : r;
		if (!slice_is(key, name))
			continue;
		if (has)
			return PROBLEM_QUERY_INVALID;
		r = decode(value, true, req->scratch, &found);
		if (r < 0)
			return r == ERR_INVALID ? PROBLEM_QUERY_INVALID : r;
		has = true;
	}
	if (!has)
		return ERR_NOT_FOUND;
	*ret_value = found;
	return 0;
}

int req_query_uuid(const struct req *req, const char *name, bool *ret_given,
		   char ret_uuid[UUID_SIZE])
{
	struct slice text;
	int r;

	r = req_query(req, name, &text);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	if (r == 0 && uuid_parse(text, ret_uuid) < 0)
		return ERR_INVALID;
	*ret_given = r == 0;
	return 0;
}

/* application/json; RFC 8259 §11 defines no parameter, charset=utf-8 is accepted. */
static bool is_json(const char *type)
{
	static const char json[] = "application/json";
	static const char utf8[] = "utf-8";
	bool quoted;

	if (!type || strncasecmp(type, json, sizeof(json) - 1) != 0)
		return false;
	type += sizeof(json) - 1;
	type += strspn(type, " \t");
	if (!*type)
		return true;
	if (*type++ != ';')
		return false;
	type += strspn(type, " \t");
	if (!*type)
		return true;
	if (strncasecmp(type, "charset=", 8) != 0)
		return false;
	type += 8;
	quoted = *type == '"';
	if (quoted)
		type++;
	if (strncasecmp(type, utf8, sizeof(utf8) - 1) != 0)
		return false;
	type += sizeof(utf8) - 1;
	if (quoted && *type++ != '"')
		return false;
	return type[strspn(type, " \t")] == '\0';
}

int req_json(const struct req *req, json_object **ret_object)
{
	int r;

	if (!is_json(req_env(req, "CONTENT_TYPE")))
		return PROBLEM_CONTENT_TYPE;
	r = jsonin_object(req->body, ret_object);
	return r == ERR_INVALID ? PROBLEM_JSON_MALFORMED : r;
}

/*
 * Match one segment; sets a parameter when the pattern's has one.
 * Returns 0; ERR_NOT_FOUND; ERR_NO_MEMORY.
 */
static int match_segment(struct req *req, struct slice pattern, struct slice segment)
{
	struct slice value;
	int r;

	/* Decode before matching: %40 is an @, and %2F does not end a segment. */
	r = decode(segment, false, req->scratch, &value);
	if (r < 0)
		return r == ERR_INVALID ? ERR_NOT_FOUND : r;
	if (pattern.len && pattern.ptr[0] == '@') {
		if (value.len == 0 || value.ptr[0] != '@')
			return ERR_NOT_FOUND;
		pattern = slice_from(pattern, 1);
		value = slice_from(value, 1);
	}
	if (pattern.len == 0 || pattern.ptr[0] != '{')
		return slice_equal(pattern, value) ? 0 : ERR_NOT_FOUND;
	if (value.len == 0 || req->params_count == REQ_PARAMS_MAX)
		return ERR_NOT_FOUND;
	req->params[req->params_count++] =
		(struct req_param){{pattern.ptr + 1, pattern.len - 2}, value};
	return 0;
}

int req_match(struct req *req, const char *pattern)
{
	struct slice expected = slice_of(pattern);
	struct slice path = req->path;

	req->params_count = 0;
	for (;;) {
		bool last = !memchr(expected.ptr, '/', expected.len);
		bool path_last = path.len == 0 || !memchr(path.ptr, '/', path.len);
		int r;

		if (last != path_last)
			return ERR_NOT_FOUND;
		r = match_segment(req, slice_cut(&expected, '/'), slice_cut(&path, '/'));
		if (r < 0)
			return r;
		if (last)
			return 0;
	}
}

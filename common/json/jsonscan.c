/* jsonscan.c - see jsonscan.h. */
#include "json/jsonscan.h"

#include "base/text.h"

static bool fail(struct jsonscan *scan)
{
	scan->failed = true;
	return false;
}

static inline void skip_space(struct jsonscan *scan)
{
	while (scan->at < scan->end && slice_is_space(*scan->at))
		scan->at++;
}

/* Whether the next byte after white space is `c`. */
static bool at_char(struct jsonscan *scan, char c)
{
	skip_space(scan);
	return scan->at < scan->end && *scan->at == c;
}

/* Step over white space and `c`. */
static bool expect(struct jsonscan *scan, char c)
{
	if (!at_char(scan, c))
		return fail(scan);
	scan->at++;
	return true;
}

static uint32_t level_bit(const struct jsonscan *scan)
{
	return UINT32_C(1) << (scan->depth - 1);
}

static bool enter(struct jsonscan *scan, char bracket)
{
	if (scan->failed || !expect(scan, bracket))
		return false;
	if (scan->depth == scan->depth_max)
		return fail(scan);
	scan->depth++;
	scan->first |= level_bit(scan);
	if (bracket == '{')
		scan->object |= level_bit(scan);
	else
		scan->object &= ~level_bit(scan);
	return true;
}

/*
 * Step to the next member or element, over the comma if one is due. Returns false on an error and
 * at the end of the object or array, which is then left.
 */
static bool advance(struct jsonscan *scan, bool object)
{
	bool first;

	if (scan->failed)
		return false;
	if (scan->depth == 0 || ((scan->object & level_bit(scan)) != 0) != object)
		return fail(scan);
	if (at_char(scan, object ? '}' : ']')) {
		scan->at++;
		scan->depth--;
		return false;
	}
	first = (scan->first & level_bit(scan)) != 0;
	scan->first &= ~level_bit(scan);
	return first || expect(scan, ',');
}

/* Read the four hexadecimal digits of a \u escape. */
static bool read_hex(const char *at, const char *end, uint32_t *ret_value)
{
	uint64_t value;

	if (end - at < 4 || !slice_number((struct slice){at, 4}, 16, 0xFFFF, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* Write `c` as UTF-8. Returns its length in bytes. */
static size_t put_utf8(uint32_t c, char to[4])
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/*
 * Read the escape whose backslash is at `at`. Returns the place after it; NULL when it is invalid.
 * A character in UTF-8 is never longer than its escape, so it can replace the escape in place.
 */
static const char *read_escape(const char *at, const char *end, uint32_t *ret_c)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	uint32_t high, low;

	at++;
	if (at == end)
		return NULL;
	if (*at != 'u') {
		name = memchr(names, *at, sizeof(names) - 1);
		if (!name)
			return NULL;
		*ret_c = (unsigned char)values[name - names];
		return at + 1;
	}
	at++;
	if (!read_hex(at, end, &high))
		return NULL;
	at += 4;
	if (high < 0xD800 || high > 0xDFFF) {
		*ret_c = high;
		return at;
	}
	/* A character above U+FFFF is a high surrogate and a low one, each escaped. */
	if (high > 0xDBFF || end - at < 2 || at[0] != '\\' || at[1] != 'u' ||
	    !read_hex(at + 2, end, &low) || low < 0xDC00 || low > 0xDFFF)
		return NULL;
	*ret_c = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	return at + 6;
}

/*
 * Read a string.
 *
 *	unescape:   "caf\u00e9 x"  becomes  "café x" in place, and *ret_text is the text
 *	otherwise:  nothing is written, and *ret_text is what the quotes enclose
 */
static bool read_string(struct jsonscan *scan, bool unescape, struct slice *ret_text)
{
	const char *end = scan->end;
	const char *from; /* bytes before it are moved already */
	const char *at;
	char *to;

	if (!expect(scan, '"'))
		return false;
	from = at = to = scan->at;
	for (;;) {
		const char *escape;
		uint32_t c;
		size_t n;

		at += text_plain(at, (size_t)(end - at));
		if (at == end)
			return fail(scan);
		if (*at == '"')
			break;
		if (*at != '\\') {
			n = (unsigned char)*at < 0x20 ? 0 : text_char(at, (size_t)(end - at), &c);
			if (n == 0)
				return fail(scan);
			at += n;
			continue;
		}
		escape = at;
		at = read_escape(escape, end, &c);
		if (!at)
			return fail(scan);
		if (!unescape)
			continue;
		n = (size_t)(escape - from);
		if (to != from)
			memmove(to, from, n);
		to += n;
		to += put_utf8(c, to);
		from = at;
	}
	if (to != from)
		memmove(to, from, (size_t)(at - from));
	to += at - from;
	*ret_text = (struct slice){scan->at, (size_t)(to - scan->at)};
	scan->at += at + 1 - scan->at;
	return true;
}

static bool next_member(struct jsonscan *scan, bool unescape, struct slice *ret_key)
{
	if (!advance(scan, true) || !read_string(scan, unescape, ret_key))
		return false;
	scan->members++;
	return expect(scan, ':');
}

static bool read_digits(struct jsonscan *scan)
{
	const char *from = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return scan->at > from;
}

static bool read_literal(struct jsonscan *scan, const char *literal)
{
	size_t len = strlen(literal);

	if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, literal, len) != 0)
		return fail(scan);
	scan->at += len;
	return true;
}

void jsonscan_begin(struct jsonscan *scan, char *text, size_t len, unsigned depth_max)
{
	*scan = (struct jsonscan){
		.at = text,
		.end = len > 0 ? text + len : text,
		.depth_max = depth_max < JSONSCAN_DEPTH_MAX ? depth_max : JSONSCAN_DEPTH_MAX,
	};
}

enum jsonscan_type jsonscan_peek(struct jsonscan *scan)
{
	if (scan->failed)
		return JSONSCAN_NONE;
	skip_space(scan);
	if (scan->at == scan->end)
		return JSONSCAN_NONE;
	switch (*scan->at) {
	case '{':
		return JSONSCAN_OBJECT;
	case '[':
		return JSONSCAN_ARRAY;
	case '"':
		return JSONSCAN_STRING;
	case 't':
		return JSONSCAN_TRUE;
	case 'f':
		return JSONSCAN_FALSE;
	case 'n':
		return JSONSCAN_NULL;
	default:
		return *scan->at == '-' || (*scan->at >= '0' && *scan->at <= '9') ? JSONSCAN_NUMBER
										  : JSONSCAN_NONE;
	}
}

bool jsonscan_object(struct jsonscan *scan)
{
	return enter(scan, '{');
}

bool jsonscan_array(struct jsonscan *scan)
{
	return enter(scan, '[');
}

bool jsonscan_member(struct jsonscan *scan, struct slice *ret_key)
{
	return next_member(scan, true, ret_key);
}

bool jsonscan_element(struct jsonscan *scan)
{
	return advance(scan, false);
}

bool jsonscan_string(struct jsonscan *scan, struct slice *ret_text)
{
	return !scan->failed && read_string(scan, true, ret_text);
}

bool jsonscan_number(struct jsonscan *scan, struct slice *ret_text)
{
	const char *from;

	if (jsonscan_peek(scan) != JSONSCAN_NUMBER)
		return fail(scan);
	from = scan->at;
	if (*scan->at == '-')
		scan->at++;
	if (scan->at < scan->end && *scan->at == '0')
		scan->at++;
	else if (!read_digits(scan))
		return fail(scan);
	if (scan->at < scan->end && *scan->at == '.') {
		scan->at++;
		if (!read_digits(scan))
			return fail(scan);
	}
	if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
		scan->at++;
		if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
			scan->at++;
		if (!read_digits(scan))
			return fail(scan);
	}
	*ret_text = (struct slice){from, (size_t)(scan->at - from)};
	return true;
}

bool jsonscan_integer(struct jsonscan *scan, int64_t *ret_value)
{
	struct slice number;
	int64_t value = 0;
	bool negative;

	if (!jsonscan_number(scan, &number))
		return false;
	negative = number.ptr[0] == '-';
	for (size_t i = negative; i < number.len; i++) {
		int digit = number.ptr[i] - '0';

		/* Negative sums: INT64_MIN has no positive counterpart. */
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return fail(scan);
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return fail(scan);
	*ret_value = value;
	return true;
}

/* Read one value without what it contains. */
static void skip_one(struct jsonscan *scan)
{
	struct slice ignored;

	switch (jsonscan_peek(scan)) {
	case JSONSCAN_OBJECT:
		enter(scan, '{');
		break;
	case JSONSCAN_ARRAY:
		enter(scan, '[');
		break;
	case JSONSCAN_STRING:
		read_string(scan, false, &ignored);
		break;
	case JSONSCAN_NUMBER:
		jsonscan_number(scan, &ignored);
		break;
	case JSONSCAN_TRUE:
		read_literal(scan, "true");
		break;
	case JSONSCAN_FALSE:
		read_literal(scan, "false");
		break;
	case JSONSCAN_NULL:
		read_literal(scan, "null");
		break;
	case JSONSCAN_NONE:
		fail(scan);
		break;
	}
}

/* Go to the next member or element. As advance. */
static bool next_any(struct jsonscan *scan)
{
	struct slice ignored;

	if ((scan->object & level_bit(scan)) != 0)
		return next_member(scan, false, &ignored);
	return advance(scan, false);
}

bool jsonscan_skip(struct jsonscan *scan)
{
	const unsigned depth = scan->depth;

	for (;;) {
		skip_one(scan);
		/* Leave what ends here, up to the next value inside or back to the first level. */
		while (!scan->failed && scan->depth > depth && !next_any(scan))
			;
		if (scan->failed || scan->depth == depth)
			return !scan->failed;
	}
}

bool jsonscan_end(struct jsonscan *scan)
{
	skip_space(scan);
	return !scan->failed && scan->depth == 0 && scan->at == scan->end;
}

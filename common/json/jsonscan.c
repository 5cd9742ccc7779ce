/* jsonscan.c - what jsonscan.h says. */
#include "json/jsonscan.h"

#include "base/text.h"

static bool fail(struct jsonscan *scan)
{
	scan->failed = true;
	return false;
}

static void skip_space(struct jsonscan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
		scan->at++;
}

/* Whether `c` stands at `at` after white space. */
static bool at_char(struct jsonscan *scan, char c)
{
	skip_space(scan);
	return scan->at < scan->end && *scan->at == c;
}

/* Step over `c` and the white space before it. */
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
 * Step to the next member or element: over the comma if there must be one. False when the object
 * or array ends here, which is then left, or on an error.
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

static bool read_hex(const char *at, const char *end, uint32_t *ret)
{
	uint32_t value = 0;

	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value |= (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value |= (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	*ret = value;
	return true;
}

static size_t put_utf8(uint32_t c, char ret[4])
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xC0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (char)(0xE0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 0x3F));
		ret[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	ret[0] = (char)(0xF0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 0x3F));
	ret[2] = (char)(0x80 | (c >> 6 & 0x3F));
	ret[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/*
 * Read the escape whose backslash is at `at`. Returns what follows it, NULL when it is invalid.
 * The character is never longer than its escape, so that it can be written over it.
 */
static const char *read_escape(const char *at, const char *end, uint32_t *ret)
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
		if (name == NULL)
			return NULL;
		*ret = (unsigned char)values[name - names];
		return at + 1;
	}
	at++;
	if (!read_hex(at, end, &high))
		return NULL;
	at += 4;
	if (high < 0xD800 || high > 0xDFFF) {
		*ret = high;
		return at;
	}
	/* A character above U+FFFF is a high surrogate and a low one, each escaped. */
	if (high > 0xDBFF || end - at < 2 || at[0] != '\\' || at[1] != 'u' ||
	    !read_hex(at + 2, end, &low) || low < 0xDC00 || low > 0xDFFF)
		return NULL;
	*ret = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	return at + 6;
}

/*
 * Read a string. When `unescape`, its escapes are replaced where they stand and *ret is the text;
 * otherwise nothing is written and *ret is what stands between the quotes.
 */
static bool read_string(struct jsonscan *scan, bool unescape, struct slice *ret)
{
	const char *end = scan->end;
	const char *from; /* bytes from here on are not moved yet */
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
		if (at == NULL)
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
	*ret = (struct slice){scan->at, (size_t)(to - scan->at)};
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

bool jsonscan_string(struct jsonscan *scan, struct slice *ret)
{
	return !scan->failed && read_string(scan, true, ret);
}

bool jsonscan_number(struct jsonscan *scan, struct slice *ret)
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
	*ret = (struct slice){from, (size_t)(scan->at - from)};
	return true;
}

bool jsonscan_integer(struct jsonscan *scan, int64_t *ret)
{
	struct slice number;
	int64_t value = 0;
	bool negative;

	if (!jsonscan_number(scan, &number))
		return false;
	negative = number.ptr[0] == '-';
	for (size_t i = negative; i < number.len; i++) {
		int digit = number.ptr[i] - '0';

		/* Summed below zero, where there is room for INT64_MIN. */
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return fail(scan);
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return fail(scan);
	*ret = value;
	return true;
}

bool jsonscan_skip(struct jsonscan *scan)
{
	const unsigned depth = scan->depth;
	struct slice ignored;

	for (;;) {
		switch (jsonscan_peek(scan)) {
		case JSONSCAN_OBJECT:
			jsonscan_object(scan);
			break;
		case JSONSCAN_ARRAY:
			jsonscan_array(scan);
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
			return fail(scan);
		}
		/* Go on to the next value inside, leaving what ends here; done when back where it
		 * began. */
		while (!scan->failed && scan->depth > depth) {
			bool object = (scan->object & level_bit(scan)) != 0;

			if (object ? next_member(scan, false, &ignored) : jsonscan_element(scan))
				break;
		}
		if (scan->failed || scan->depth == depth)
			return !scan->failed;
	}
}

bool jsonscan_end(struct jsonscan *scan)
{
	skip_space(scan);
	return !scan->failed && scan->depth == 0 && scan->at == scan->end;
}

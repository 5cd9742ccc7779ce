/* sts.c - see sts.h. */
#include "aws/sts.h"

#include <ctype.h>
#include <expat.h>
#include <limits.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/percent.h"

#define DEPTH_MAX 4

/* The parts that are read, by the names of their elements from the outermost on. */
enum part { PART_KEY_ID, PART_SECRET, PART_TOKEN, PART_EXPIRATION, PART_ERROR, PART_COUNT };

#define CREDENTIALS_PATH                                                                           \
	"AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult", "Credentials"

static const char *const paths[PART_COUNT][DEPTH_MAX + 1] = {
	[PART_KEY_ID] = {CREDENTIALS_PATH, "AccessKeyId"},
	[PART_SECRET] = {CREDENTIALS_PATH, "SecretAccessKey"},
	[PART_TOKEN] = {CREDENTIALS_PATH, "SessionToken"},
	[PART_EXPIRATION] = {CREDENTIALS_PATH, "Expiration"},
	[PART_ERROR] = {"ErrorResponse", "Error", "Code"},
};

struct reading {
	XML_Parser parser;
	struct buf *text;
	struct slice parts[PART_COUNT];

	/* How many of the open elements are the beginning of each path, and how many are open. */
	unsigned matched[PART_COUNT], depth;
	int part;   /* whose element is open and has had no element in it; -1: none */
	bool wrong; /* a part came twice, or there is a document type */
};

void sts_write_request(struct buf *body, const char *role_arn, const char *session_name,
		       struct slice token)
{
	buf_puts(body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=");
	percent_encode(body, slice_of(role_arn));
	buf_puts(body, "&RoleSessionName=");
	percent_encode(body, slice_of(session_name));
	buf_puts(body, "&WebIdentityToken=");
	percent_encode(body, token);
}

static void XMLCALL begin_element(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = data;

	(void)attributes;
	reading->part = -1;
	for (int i = 0; i < PART_COUNT; i++) {
		const char *wanted = reading->depth < DEPTH_MAX ? paths[i][reading->depth] : NULL;

		if (reading->matched[i] != reading->depth || !wanted || strcmp(name, wanted) != 0)
			continue;
		reading->matched[i]++;
		if (paths[i][reading->matched[i]])
			continue;
		if (reading->parts[i].ptr)
			reading->wrong = true;
		reading->part = i;
		reading->parts[i].ptr = reading->text->data + reading->text->len;
	}
	reading->depth++;
}

static void XMLCALL end_element(void *data, const XML_Char *name)
{
	struct reading *reading = data;

	(void)name;
	reading->part = -1;
	reading->depth--;
	for (int i = 0; i < PART_COUNT; i++)
		if (reading->matched[i] > reading->depth)
			reading->matched[i] = reading->depth;
}

static void XMLCALL take_text(void *data, const XML_Char *text, int len)
{
	struct reading *reading = data;

	if (reading->part < 0)
		return;
	buf_append(reading->text, text, (size_t)len);
	if (!reading->text->failed)
		reading->parts[reading->part].len += (size_t)len;
}

static void XMLCALL refuse_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
				   const XML_Char *public_id, int has_internal_subset)
{
	struct reading *reading = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal_subset;
	reading->wrong = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

/* Memory of expat, which has copies of the answer: overwritten before it is freed. */
static void release(void *memory)
{
	if (memory)
		OPENSSL_cleanse(memory, malloc_usable_size(memory));
	free(memory);
}

static void *resize(void *memory, size_t size)
{
	size_t old = memory ? malloc_usable_size(memory) : 0;
	void *larger;

	if (memory && size <= old)
		return memory;
	larger = malloc(size);
	if (!larger)
		return NULL;
	if (memory)
		memcpy(larger, memory, old);
	release(memory);
	return larger;
}

/* Whether `error` is the name of an error, as it may stand in a log; or it is empty. */
static bool is_name(struct slice error)
{
	for (size_t i = 0; i < error.len; i++)
		if (!isalnum((unsigned char)error.ptr[i]) && error.ptr[i] != '.')
			return false;
	return true;
}

int sts_read_answer(struct slice xml, struct buf *text, struct sts_answer *ret_answer)
{
	static const XML_Memory_Handling_Suite memory = {malloc, resize, release};
	struct reading reading = {.text = text, .part = -1};
	enum XML_Status status;
	enum XML_Error error;

	if (xml.len > INT_MAX)
		return ERR_INVALID;
	if (!buf_reserve(text, xml.len))
		return ERR_NO_MEMORY;
	reading.parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
	if (!reading.parser)
		return ERR_NO_MEMORY;
	XML_SetUserData(reading.parser, &reading);
	XML_SetElementHandler(reading.parser, begin_element, end_element);
	XML_SetCharacterDataHandler(reading.parser, take_text);
	XML_SetStartDoctypeDeclHandler(reading.parser, refuse_doctype);
	status = XML_Parse(reading.parser, xml.ptr, (int)xml.len, XML_TRUE);
	error = XML_GetErrorCode(reading.parser);
	XML_ParserFree(reading.parser);
	if (status != XML_STATUS_OK)
		return error == XML_ERROR_NO_MEMORY ? ERR_NO_MEMORY : ERR_INVALID;
	if (reading.wrong || text->failed || !is_name(reading.parts[PART_ERROR]))
		return ERR_INVALID;
	*ret_answer = (struct sts_answer){
		.keys = {.access_key_id = reading.parts[PART_KEY_ID],
			 .secret_access_key = reading.parts[PART_SECRET],
			 .session_token = reading.parts[PART_TOKEN]},
		.expiration = reading.parts[PART_EXPIRATION],
		.error = reading.parts[PART_ERROR],
	};
	return 0;
}

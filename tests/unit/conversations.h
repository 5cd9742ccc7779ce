/*
 * conversations.h - two people, their conversation, and its items as DynamoDB answers them.
 */
#ifndef CONVERSATIONS_H
#define CONVERSATIONS_H

#include "services.h"

#define ME    "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"
#define GROUP "33333333-3333-4333-8333-333333333333"

/* Three messages in the order of their times, which the uuids contain; one whose uuid does not. */
#define UUID1 "019ab9e2-8d00-7000-9a51-3c6a2b7d4e80"
#define UUID2 "019ab9e2-8d01-7000-9a51-3c6a2b7d4e80"
#define UUID3 "019ab9e2-8d02-7000-9a51-3c6a2b7d4e80"
#define UUID4 "44444444-4444-4444-8444-444444444444"
#define AT1   "2025-11-25T07:20:23.552000+00:00"
#define AT2   "2025-11-25T07:20:23.553000+00:00"
#define AT3   "2025-11-25T07:20:23.554000+00:00"

#define STRING(name, value) "\"" name "\":{\"S\":\"" value "\"}"
#define NUMBER(name, value) "\"" name "\":{\"N\":\"" value "\"}"

#define ITEM(item)   "{\"Item\":" item "}"
#define ITEMS(items) "{\"Items\":[" items "]}"
#define NO_ITEM	     "{}"

/* The row of ME or of OTHER, whose other member is `person`; `last` is its last message. */
#define ROW(person, unread, last_uuid, last_at, more)                                              \
	"{" STRING("message_group_uuid", GROUP) "," STRING("user_uuid", person) "," NUMBER(        \
		"unread_count", unread) "," STRING("last_message_uuid",                            \
						   last_uuid) "," STRING("last_message_at",        \
									 last_at) more "}"

#define MESSAGE(at, uuid, sender)                                                                  \
	"{" STRING("sk", at) "," STRING("message_uuid",                                            \
					uuid) "," STRING("user_uuid",                              \
							 sender) "," STRING("message", "hi") "}"
#define TOMBSTONE(at, uuid, sender)                                                                \
	"{" STRING("sk", at) "," STRING("message_uuid",                                            \
					uuid) "," STRING("user_uuid",                              \
							 sender) "," STRING("deleted_at", AT3) "}"

/* The keys of items in requests. */
#define KEY_OF_ROW(person)                                                                         \
	"\"Key\":{\"pk\":{\"S\":\"GRP#" person "\"},\"sk\":{\"S\":\"GROUP#" GROUP "\"}}"
#define KEY_OF_REQUEST(person)                                                                     \
	"\"Key\":{\"pk\":{\"S\":\"REQ#" person "\"},\"sk\":{\"S\":\"GROUP#" GROUP "\"}}"
#define KEY_OF_MESSAGE(at) "\"Key\":{\"pk\":{\"S\":\"MSG#" GROUP "\"},\"sk\":{\"S\":\"" at "\"}}"
#define KEY_OF_PLACE(uuid)                                                                         \
	"\"Key\":{\"pk\":{\"S\":\"PLACE#" GROUP "\"},\"sk\":{\"S\":\"" uuid "\"}}"
#define KEY_OF_PAIR "\"PAIR#" ME "#" OTHER "\""
#define OF_GROUP    "\":pk\":{\"S\":\"MSG#" GROUP "\"}"

/* The steps that look for the row of somebody who is not a member, and for the row that waits. */
#define NO_ROW_BUT(person, body_of_request)                                                        \
	{"GetItem", {KEY_OF_ROW(person)}, .body = NO_ITEM},                                        \
	{                                                                                          \
		"GetItem", {KEY_OF_REQUEST(person)}, .body = body_of_request                       \
	}
#define NO_ROW(person)                                                                             \
	NO_ROW_BUT(person, NO_ITEM),                                                               \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(person)}, .body = NO_ITEM                                   \
	}

/* The statement that looks up the names of both, and its rows. */
#define NAMES_COLUMNS "uuid handle display_name read_receipts"
#define NAMES	      ME "|me|Me|t\n" OTHER "|other|Other|t"

#endif

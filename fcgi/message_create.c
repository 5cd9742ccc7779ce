/* message_create.c - POST /api/messages: send to a conversation, or to a person by handle. */
#include "domain/conversation.h"
#include "json/jsonin.h"
#include "limit.h"
#include "web/field.h"
#include "web/route.h"

static const struct field message_field = {
	.key = "message",
	.blank = "message_blank",
	.invalid = "message_invalid",
	.too_long = "message_exceed_max_chars",
	.max = LIMIT_MESSAGE,
	.lines = true,
};

static const struct field group_field = {
	.key = "message_group_uuid",
	.invalid = "message_group_uuid_invalid",
};

static const struct field handle_field = {
	.key = "handle",
	.invalid = "handle_invalid",
};

/* Read where the message goes: exactly one of the two. `group` keeps the uuid for `to`. */
static void read_recipient(const json_object *body, struct resp *resp, char group[UUID_SIZE],
			   struct recipient *to)
{
	bool has_group = field_given(body, &group_field);
	bool has_handle = field_given(body, &handle_field);

	if (!has_group && !has_handle) {
		resp_add_code(resp, "message_group_uuid_blank");
		resp_add_code(resp, "user_receiver_handle_blank");
	} else if (has_group && has_handle) {
		resp_add_code(resp, "message_recipient_ambiguous");
	}
	if (field_uuid(body, &group_field, resp, group))
		to->group = group;
	field_read(body, &handle_field, resp, &to->handle);
}

static int create(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct idempotency key;
	struct recipient to = {0};
	struct slice message;
	char group[UUID_SIZE];
	json_auto *body = NULL;
	int r;

	r = idempotency_read(req, &key);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_read(body, &message_field, resp, &message);
	read_recipient(body, resp, group, &to);
	r = resp_check(resp);
	if (r < 0)
		return r;

	return conversation_send(ctx, req->caller.uuid, &to, message, &key, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"POST", "/api/messages", AUTH_REQUIRED, CACHE_NONE, create},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}

/*
 * conversation_requests.c - accepting and hiding conversations, and showing them to their members;
 * see conversation.h.
 *
 * Ann (2c7b…) writes to Bob (3d8c…), who takes first messages as requests (request.json). Bob
 * accepts (accept.json): his row moves, once.
 *
 *	item        attribute          after two messages       after Bob accepts
 *	----------- ------------------ ------------------------ ------------------------
 *	row of Ann  pk / sk            GRP#2c7b… / GROUP#3233…  (the same item)
 *	            pending            2                        -
 *	            seen_…             -                        Bob's read mark
 *
 *	row of Bob  pk / sk            REQ#3d8c… / GROUP#3233…  GRP#3d8c… / GROUP#3233…
 *	            unread_count       2                        2
 *	            seen_…             -                        Ann's read mark
 */
#include <string.h>

#include "aws/dynamodb.h"
#include "base/err.h"
#include "base/name.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "domain/publish.h"
#include "limit.h"
#include "requests.h"
#include "web/problem.h"

#define EVENT_MAX 8192 /* bytes of a conversation */

#define CONDITION_REQUEST 0 /* the row that moves, among the TransactItems of accept.json */

/* The row of a member that waits, as it moves; a copy. */
struct waiting_row {
	char other[UUID_SIZE];
	char last_at[CONVERSATION_TIME_SIZE], last_uuid[UUID_SIZE];
	char read_at[CONVERSATION_TIME_SIZE], read_uuid[UUID_SIZE];
	char seen_at[CONVERSATION_TIME_SIZE], seen_uuid[UUID_SIZE]; /* the mark of the other one */
	char preview[LIMIT_PREVIEW * 4 + 1];			    /* UTF-8 */
	bool has_preview;
	char handle[LIMIT_HANDLE_MAX + 1], display_name[NAME_SIZE];
	int64_t unread;
};

/* A text that is not missing, for a hole; no text when it is empty. */
static struct slice given(const char *text)
{
	return *text ? slice_of(text) : (struct slice){0};
}

static int copy_row(const struct item_row *row, struct waiting_row *copy)
{
	if (uuid_parse(row->other.uuid, copy->other) < 0 ||
	    uuid_parse(row->last_message_uuid, copy->last_uuid) < 0 ||
	    !slice_copy(row->last_sent_at, copy->last_at, sizeof(copy->last_at)) ||
	    !slice_copy(row->read_at, copy->read_at, sizeof(copy->read_at)) ||
	    (row->read_message_uuid.len &&
	     uuid_parse(row->read_message_uuid, copy->read_uuid) < 0) ||
	    !slice_copy(row->other.handle, copy->handle, sizeof(copy->handle)) ||
	    !slice_copy(row->other.display_name, copy->display_name, sizeof(copy->display_name)))
		return ERR_INTERNAL;
	copy->has_preview = row->text.ptr;
	if (copy->has_preview && !slice_copy(row->text, copy->preview, sizeof(copy->preview)))
		return ERR_INTERNAL;
	copy->unread = row->unread_count;
	return 0;
}

/* The read mark of the other member, whose row does not wait. */
static int copy_seen(struct ctx *ctx, const char *group, struct waiting_row *copy)
{
	struct item_row row;
	int r;

	r = conversation_get_row(ctx, copy->other, group, &row);
	if (r < 0)
		return r;
	if (!slice_copy(row.read_at, copy->seen_at, sizeof(copy->seen_at)) ||
	    (row.read_message_uuid.len && uuid_parse(row.read_message_uuid, copy->seen_uuid) < 0))
		return ERR_INTERNAL;
	return 0;
}

static bool is_closed(const struct dynamodb_answer *answer)
{
	return answer->reasons_count > CONDITION_REQUEST &&
	       item_has(&answer->reasons[CONDITION_REQUEST].item, "blocked_by");
}

/* Returns 0; PROBLEM_CONVERSATION_CLOSED; ERR_CONDITION when the rows have changed. */
static int move_row(struct ctx *ctx, const char *me, const char *group,
		    const struct waiting_row *row)
{
	const struct dynamodb_answer *answer;
	int r;

	r = dynamodb_send(
		ctx->dynamodb,
		REQUEST(TransactWriteItems, accept, .user = slice_of(me), .group = slice_of(group),
			.other = slice_of(row->other), .other_handle = slice_of(row->handle),
			.other_display_name = slice_of(row->display_name),
			.created_at = slice_of(row->last_at),
			.last_message_uuid = slice_of(row->last_uuid),
			.preview = row->has_preview ? slice_of(row->preview) : (struct slice){0},
			.unread = row->unread, .read_at = slice_of(row->read_at),
			.message_uuid = given(row->read_uuid), .seen_at = slice_of(row->seen_at),
			.seen_message_uuid = given(row->seen_uuid)),
		&answer);
	return r == ERR_CONDITION && is_closed(answer) ? PROBLEM_CONVERSATION_CLOSED : r;
}

/* Returns as conversation_take_in; ERR_CONDITION when something has changed. */
static int take_in_once(struct ctx *ctx, const char *me, const char *group)
{
	struct waiting_row copy = {0};
	struct item_row row;
	int r;

	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0 || !row.waits)
		return r;
	r = copy_row(&row, &copy);
	if (r == 0)
		r = copy_seen(ctx, group, &copy);
	return r < 0 ? r : move_row(ctx, me, group, &copy);
}

int conversation_take_in(struct ctx *ctx, const char *me, const char *group)
{
	int r;

	do {
		r = take_in_once(ctx, me, group);
	} while (r == ERR_CONDITION);
	return r;
}

void conversation_publish(struct ctx *ctx, const char *const *members, size_t count,
			  const char *group)
{
	if (!publish_possible(ctx))
		return;
	for (size_t i = 0; i < count; i++) {
		struct resp view = {.body = BUF_INIT(EVENT_MAX)};

		if (conversation_show(ctx, members[i], group, &view) == 0)
			publish(ctx, PUBLISH_CONVERSATION, &members[i], 1, buf_slice(&view.body));
		else
			publish_lost(ctx);
		buf_dispose(&view.body);
	}
}

int conversation_accept(struct ctx *ctx, const char *me, const char *group, struct resp *resp)
{
	enum waiting waiting;
	char other[UUID_SIZE];
	int r;

	r = conversation_take_in(ctx, me, group);
	if (r < 0)
		return r;
	r = conversation_other_member(ctx, me, group, other, &waiting);
	if (r < 0)
		return r;
	/* The one who waits learns nothing by asking. */
	if (waiting == WAITING_FOR_NOBODY)
		conversation_publish(ctx, (const char *[]){me, other}, 2, group);
	return conversation_show(ctx, me, group, resp);
}

/* Tell all browsers of `me` that the conversation is hidden. */
static void publish_gone(struct ctx *ctx, const char *me, const char *group)
{
	buf_auto data = BUF_INIT(EVENT_MAX);
	struct jsonout out;

	if (!publish_possible(ctx))
		return;
	jsonout_begin(&out, &data);
	jsonout_object(&out);
	jsonout_member_text(&out, "message_group_uuid", group);
	jsonout_object_end(&out);
	if (jsonout_end(&out) < 0)
		publish_lost(ctx);
	else
		publish(ctx, PUBLISH_GONE, &me, 1, buf_slice(&data));
}

int conversation_hide(struct ctx *ctx, const char *me, const char *group)
{
	/* A row that moves between the first two attempts is where it was looked for first. */
	static const bool places[] = {false, true, false};
	const struct dynamodb_answer *answer;
	int r = ERR_CONDITION;

	for (size_t i = 0; r == ERR_CONDITION && i < sizeof(places) / sizeof(places[0]); i++)
		r = dynamodb_send(ctx->dynamodb,
				  REQUEST(UpdateItem, hide, .place = item_place(places[i]),
					  .user = slice_of(me), .group = slice_of(group)),
				  &answer);
	if (r == ERR_CONDITION)
		return ERR_NOT_FOUND;
	if (r == 0)
		publish_gone(ctx, me, group);
	return r;
}

/* frame.c - see frame.h. */
#include "live/frame.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"

#define VERSION 1

int frame_person(struct slice uuid, unsigned char ret_person[FRAME_PERSON])
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	unsigned char person[FRAME_PERSON];
	size_t digits = 0;

	if (uuid.len != sizeof(form) - 1)
		return ERR_INVALID;
	for (size_t i = 0; i < uuid.len; i++) {
		int value = hex_value(uuid.ptr[i]);

		if (form[i] == '-' ? uuid.ptr[i] != '-' : value < 0)
			return ERR_INVALID;
		if (form[i] == '-')
			continue;
		if (digits % 2 == 0)
			person[digits / 2] = (unsigned char)(value << 4);
		else
			person[digits / 2] = (unsigned char)(person[digits / 2] | value);
		digits++;
	}
	memcpy(ret_person, person, sizeof(person));
	return 0;
}

/* Begin a packet with `count` uuids. */
static int begin(enum frame_kind kind, const char *const *uuids, size_t count, struct buf *out)
{
	const unsigned char head[FRAME_HEAD] = {VERSION, (unsigned char)kind, (unsigned char)count,
						0};
	unsigned char uuid[FRAME_PERSON];

	buf_reset(out);
	buf_append(out, head, sizeof(head));
	for (size_t i = 0; i < count; i++) {
		int r = frame_person(slice_of(uuids[i]), uuid);

		if (r < 0)
			return r;
		buf_append(out, uuid, sizeof(uuid));
	}
	return 0;
}

/* End a packet with the text of an event. */
static int end(const char *event, struct slice data, struct buf *out)
{
	size_t text_at = out->len;

	buf_puts(out, "event: ");
	buf_puts(out, event);
	buf_puts(out, "\ndata: ");
	buf_append(out, data.ptr, data.len);
	buf_puts(out, "\n\n");
	if (out->failed)
		return data.len > FRAME_TEXT_MAX ? ERR_INVALID : ERR_NO_MEMORY;
	return out->len - text_at > FRAME_TEXT_MAX ? ERR_INVALID : 0;
}

int frame_write(const char *const *people, size_t count, const char *event, struct slice data,
		struct buf *out)
{
	int r;

	if (count < 1 || count > FRAME_RECEIVERS_MAX)
		return ERR_INVALID;
	r = begin(FRAME_TO, people, count, out);
	return r < 0 ? r : end(event, data, out);
}

int frame_write_all(const char *event, struct slice data, struct buf *out)
{
	int r = begin(FRAME_ALL, NULL, 0, out);

	return r < 0 ? r : end(event, data, out);
}

/* Write a packet that is one uuid. */
static int write_uuid(enum frame_kind kind, const char *uuid, struct buf *out)
{
	int r = begin(kind, &uuid, 1, out);

	return r == 0 && out->failed ? ERR_NO_MEMORY : r;
}

int frame_write_newer(const char *crud, struct buf *out)
{
	return write_uuid(FRAME_NEWER, crud, out);
}

int frame_write_revoked(const char *person, struct buf *out)
{
	return write_uuid(FRAME_REVOKED, person, out);
}

int frame_write_resync(const struct frame *of, struct buf *out)
{
	size_t count = of && of->kind == FRAME_TO ? of->count : 0;
	const unsigned char head[FRAME_HEAD] = {VERSION, FRAME_RESYNC, (unsigned char)count, 0};

	buf_reset(out);
	buf_append(out, head, sizeof(head));
	if (count > 0)
		buf_append(out, of->people, count * FRAME_PERSON);
	return out->failed ? ERR_NO_MEMORY : 0;
}

/* Whether a frame of its kind has so many uuids, and a text or none. */
static bool is_whole(const struct frame *frame)
{
	switch (frame->kind) {
	case FRAME_TO:
		return frame->count >= 1 && frame->count <= FRAME_RECEIVERS_MAX &&
		       frame->text.len > 0;
	case FRAME_ALL:
		return frame->count == 0 && frame->text.len > 0;
	case FRAME_NEWER:
		return frame->count == 1 && frame->text.len == 0;
	case FRAME_RESYNC:
		return frame->count <= FRAME_RECEIVERS_MAX && frame->text.len == 0;
	case FRAME_REVOKED:
		return frame->count >= 1 && frame->count <= FRAME_RECEIVERS_MAX &&
		       frame->text.len == 0;
	}
	return false;
}

int frame_read(struct slice packet, struct frame *ret_frame)
{
	const unsigned char *head = (const unsigned char *)packet.ptr;
	struct frame frame;
	size_t text_at;

	if (packet.len < FRAME_HEAD || head[0] != VERSION || head[1] < FRAME_TO ||
	    head[1] > FRAME_REVOKED)
		return ERR_INVALID;
	frame.kind = (enum frame_kind)head[1];
	frame.count = (size_t)head[2] | (size_t)head[3] << 8;
	text_at = FRAME_HEAD + frame.count * FRAME_PERSON;
	if (packet.len < text_at || packet.len - text_at > FRAME_TEXT_MAX)
		return ERR_INVALID;
	frame.people = head + FRAME_HEAD;
	frame.text = slice_from(packet, text_at);
	if (!is_whole(&frame))
		return ERR_INVALID;
	*ret_frame = frame;
	return 0;
}

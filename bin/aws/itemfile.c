/* itemfile.c - see itemfile.h. */
#include "itemfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "json/jsonin.h"
#include "json/jsonout.h"

#define LINE_SIZE  1048576 /* an item of the table has some kilobytes */
#define CHUNK_SIZE 65536   /* of zlib's buffers */
#define SEAL_MAX   4096
#define PLAIN_JSON (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* --- writing ------------------------------------------------------------------------------- */

struct itemfile_writer {
	const char *path;
	int fd;
	gzFile gz;
	struct crypto_sum *sum;
	int64_t count;
};

int itemfile_create(const char *path, struct itemfile_writer **ret_writer)
{
	struct itemfile_writer *writer = calloc(1, sizeof(*writer));
	int copy = -1;

	if (!writer)
		return aws_fail("out of memory");
	writer->path = path;
	writer->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (writer->fd >= 0)
		copy = fcntl(writer->fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0) {
		int status = aws_fail("%s: %s", path, strerror(errno));

		itemfile_writer_free(writer);
		return status;
	}
	writer->gz = gzdopen(copy, "wb");
	writer->sum = crypto_sum_new();
	if (!writer->gz || !writer->sum || gzbuffer(writer->gz, CHUNK_SIZE) != 0) {
		if (!writer->gz)
			close(copy);
		itemfile_writer_free(writer);
		return aws_fail("out of memory");
	}
	*ret_writer = writer;
	return 0;
}

void itemfile_writer_free(struct itemfile_writer *writer)
{
	if (!writer)
		return;
	if (writer->gz)
		gzclose(writer->gz);
	if (writer->fd >= 0)
		close(writer->fd);
	crypto_sum_free(writer->sum);
	free(writer);
}

static int write_failed(struct itemfile_writer *writer)
{
	int error = Z_ERRNO;
	const char *text = writer->gz ? gzerror(writer->gz, &error) : "";

	return aws_fail("%s: %s", writer->path, error == Z_ERRNO ? strerror(errno) : text);
}

/* Write `text`; `summed`: it belongs to the digest. */
static int write_text(struct itemfile_writer *writer, struct slice text, bool summed)
{
	if (summed && crypto_sum_add(writer->sum, text) < 0)
		return aws_fail("out of memory");
	if (gzwrite(writer->gz, text.ptr, (unsigned)text.len) != (int)text.len)
		return write_failed(writer);
	return 0;
}

int itemfile_write(struct itemfile_writer *writer, json_object *item)
{
	const char *text = json_object_to_json_string_ext(item, PLAIN_JSON);
	int status;

	if (!text)
		return aws_fail("out of memory");
	status = write_text(writer, SLICE("{\"Item\":"), true);
	if (status == 0)
		status = write_text(writer, slice_of(text), true);
	if (status == 0)
		status = write_text(writer, SLICE("}\n"), true);
	writer->count++;
	return status;
}

static int close_file(struct itemfile_writer *writer)
{
	gzFile gz = writer->gz;

	writer->gz = NULL;
	if (gzclose(gz) != Z_OK || fsync(writer->fd) != 0)
		return aws_fail("%s: %s", writer->path, strerror(errno));
	return 0;
}

int itemfile_seal(struct itemfile_writer *writer, const struct itemfile_facts *facts)
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	buf_auto line = BUF_INIT(SEAL_MAX);
	char hex[CRYPTO_HEX_SIZE];
	struct jsonout out;
	int status;

	if (crypto_sum_end(writer->sum, digest) < 0)
		return aws_fail("out of memory");
	crypto_hex(digest, hex);
	jsonout_begin(&out, &line);
	jsonout_object(&out);
	jsonout_key(&out, "Seal");
	jsonout_object(&out);
	jsonout_member_text(&out, "table", facts->table);
	jsonout_key(&out, "begun_at");
	jsonout_time(&out, facts->begun_us);
	jsonout_key(&out, "ended_at");
	jsonout_time(&out, clock_now_us());
	jsonout_member_integer(&out, "lasting", facts->lasting);
	jsonout_member_integer(&out, "items", writer->count);
	jsonout_member_text(&out, "sha256", hex);
	jsonout_object_end(&out);
	jsonout_object_end(&out);
	if (jsonout_end(&out) < 0)
		return aws_fail("out of memory");
	status = write_text(writer, buf_slice(&line), false);
	if (status == 0)
		status = write_text(writer, SLICE("\n"), false);
	return status == 0 ? close_file(writer) : status;
}

/* --- reading ------------------------------------------------------------------------------- */

struct itemfile_state {
	gzFile gz;
	struct crypto_sum *sum;
	size_t lines; /* that were read */
	char line[LINE_SIZE];
};

int itemfile_open(struct itemfile *file, const char *path)
{
	*file = (struct itemfile){.path = path};
	file->state = calloc(1, sizeof(*file->state));
	if (!file->state)
		return aws_fail("out of memory");
	return itemfile_rewind(file);
}

void itemfile_close(struct itemfile *file)
{
	if (!file->state)
		return;
	if (file->state->gz)
		gzclose(file->state->gz);
	crypto_sum_free(file->state->sum);
	free(file->state);
	file->state = NULL;
}

int itemfile_rewind(struct itemfile *file)
{
	struct itemfile_state *state = file->state;

	if (state->gz)
		gzclose(state->gz);
	crypto_sum_free(state->sum);
	state->sum = crypto_sum_new();
	state->gz = gzopen(file->path, "rbe");
	if (!state->gz && errno != 0)
		return aws_fail("%s: %s", file->path, strerror(errno));
	if (!state->gz || !state->sum || gzbuffer(state->gz, CHUNK_SIZE) != 0)
		return aws_fail("out of memory");
	state->lines = 0;
	file->items = 0;
	file->sealed = false;
	return 0;
}

/* Read a line with its end. ret_line.len is 0 at the end of the file. Returns the exit status. */
static int read_line(struct itemfile *file, struct slice *ret_line)
{
	struct itemfile_state *state = file->state;
	size_t length;
	int error;

	if (!gzgets(state->gz, state->line, LINE_SIZE)) {
		const char *text = gzerror(state->gz, &error);

		if (error == Z_ERRNO)
			return aws_fail("%s: %s", file->path, strerror(errno));
		if (error != Z_OK && error != Z_STREAM_END)
			return aws_fail("%s is damaged after line %zu: %s", file->path,
					state->lines, text);
		*ret_line = (struct slice){state->line, 0};
		return 0;
	}
	state->lines++;
	length = strlen(state->line);
	if (length == 0 || state->line[length - 1] != '\n')
		return aws_fail("%s, line %zu: the line is cut off", file->path, state->lines);
	*ret_line = (struct slice){state->line, length};
	return 0;
}

/* Compare a seal with what was read, and check that nothing follows. Returns the exit status. */
static int check_seal(struct itemfile *file, const json_object *seal)
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	struct slice sha256, rest = {0};
	int64_t items;
	int status;

	if (crypto_sum_end(file->state->sum, digest) < 0)
		return aws_fail("out of memory");
	crypto_hex(digest, file->sha256);
	if (jsonin_integer(seal, "items", &items) < 0 || jsonin_string(seal, "sha256", &sha256) < 0)
		return aws_fail("%s, line %zu: not a seal", file->path, file->state->lines);
	if (items != file->items)
		return aws_fail("%s has %" PRId64 " items, but its seal counts %" PRId64,
				file->path, file->items, items);
	if (!slice_is(sha256, file->sha256))
		return aws_fail("%s was changed: its digest is not that of its seal", file->path);
	status = read_line(file, &rest);
	if (status == 0 && rest.len > 0)
		return aws_fail("%s, line %zu: something follows the seal", file->path,
				file->state->lines);
	file->sealed = status == 0;
	return status;
}

/* Whether the item has a key of this name, which is a string. */
static bool has_key(const json_object *item, const char *name)
{
	json_object *key;
	struct slice text;

	return json_object_is_type(item, json_type_object) &&
	       json_object_object_get_ex(item, name, &key) && jsonin_string(key, "S", &text) == 0;
}

/* Check a line that is an item. Returns the exit status. */
static int check_item(struct itemfile *file, const json_object *line, json_object **ret_item)
{
	if (!json_object_object_get_ex(line, "Item", ret_item) || !has_key(*ret_item, "pk") ||
	    !has_key(*ret_item, "sk"))
		return aws_fail("%s, line %zu: not an item of a table of conversations", file->path,
				file->state->lines);
	file->items++;
	return 0;
}

int itemfile_next(struct itemfile *file, json_object **ret_line, json_object **ret_item)
{
	json_auto *line = NULL;
	json_object *seal;
	struct slice text = {0};
	int status;

	*ret_line = NULL;
	if (file->sealed)
		return 0;
	status = read_line(file, &text);
	if (status != 0 || text.len == 0)
		return status;
	if (jsonin_object(text, &line) < 0)
		return aws_fail("%s, line %zu: not a JSON object", file->path, file->state->lines);
	if (json_object_object_get_ex(line, "Seal", &seal))
		return check_seal(file, seal);
	if (crypto_sum_add(file->state->sum, text) < 0)
		return aws_fail("out of memory");
	status = check_item(file, line, ret_item);
	if (status == 0) {
		*ret_line = line;
		line = NULL;
	}
	return status;
}

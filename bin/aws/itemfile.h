/*
 * itemfile.h - a file of items, as ddb backup writes and ddb restore reads it.
 *
 *	{"Item":{"pk":{"S":"MSG#…"},…}}		a line for each item: the form in which DynamoDB
 *	{"Item":{"pk":{"S":"GRP#…"},…}}		exports tables
 *	{"Seal":{"table":"cruddur-messages",	the last line
 *	 "begun_at":"2026-11-27T09:15:00.000000+00:00","ended_at":"…",
 *	 "lasting":2,				items of the scan without expires_at
 *	 "items":2,"sha256":"…"}}		of all lines before it
 *
 * It is compressed (RFC 1952). A reader also accepts plain text, which earlier releases wrote
 * without a seal. One line is in memory at a time.
 *
 * AWS: "DynamoDB table export output format". All functions with a status return the exit status;
 * an error is reported already.
 */
#ifndef ITEMFILE_H
#define ITEMFILE_H

#include <stdbool.h>

#include "command.h"

/* --- writing ------------------------------------------------------------------------------- */

struct itemfile_writer;

/*
 * Create the file, which only its owner can read; an unfinished one of that name is replaced.
 * path: borrowed until itemfile_writer_free. ret_writer: for itemfile_writer_free.
 */
int itemfile_create(const char *path, struct itemfile_writer **ret_writer)
	__attribute__((warn_unused_result));
void itemfile_writer_free(struct itemfile_writer *writer);

/* Write a line. item: borrowed. */
int itemfile_write(struct itemfile_writer *writer, json_object *item)
	__attribute__((warn_unused_result));

/* The facts that the seal tells of the table. */
struct itemfile_facts {
	const char *table;
	int64_t begun_us; /* when the first item was read (clock.h) */
	int64_t lasting;  /* items that never expire, each counted once */
};

/* Write the seal, and bring the file to the disk. */
int itemfile_seal(struct itemfile_writer *writer, const struct itemfile_facts *facts)
	__attribute__((warn_unused_result));

/* --- reading ------------------------------------------------------------------------------- */

struct itemfile {
	const char *path;	      /* borrowed */
	int64_t items;		      /* that were read */
	bool sealed;		      /* the seal was read, and is right */
	char sha256[65];	      /* of a sealed file */
	struct itemfile_state *state; /* private */
};

/* Open a file. path: borrowed until itemfile_close. */
int itemfile_open(struct itemfile *file, const char *path) __attribute__((warn_unused_result));
void itemfile_close(struct itemfile *file);

/* Begin again with the first line. */
int itemfile_rewind(struct itemfile *file) __attribute__((warn_unused_result));

/*
 * Read the next item. At the seal, its number of items and its digest are compared with what was
 * read.
 *
 * ret_line: the whole line as JSON, for json_object_put; NULL at the end of the file.
 * ret_item: the item, within it.
 */
int itemfile_next(struct itemfile *file, json_object **ret_line, json_object **ret_item)
	__attribute__((warn_unused_result));

#endif

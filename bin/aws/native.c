/*
 * native.c - ddb backup --native, ddb restore --native and --pitr: DynamoDB's own backups.
 *
 * DynamoDB restores into a new table only. The new table has the items, the keys and the indexes,
 * but neither TTL nor point-in-time recovery, which are switched on here. A wait that ends too
 * early is continued by the same command: the table then says from what it is being made.
 *
 * AWS: "CreateBackup", "RestoreTableFromBackup", "RestoreTableToPointInTime", "Restoring a table".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command.h"
#include "command_requests.h"

#define RESTORE_MS  (6 * 3600 * (int64_t)1000) /* AWS: most restores take less than an hour */
#define POLL_MS	    250
#define ARN_SIZE    1025 /* DynamoDB's limits, and a NUL */
#define NAME_SIZE   256
#define POLL_MS_MAX 15000

/* Waits between polls that become longer, until a deadline. */
struct wait {
	int64_t deadline_ms;
	int64_t pause_ms;
};

static struct wait wait_for(int64_t ms)
{
	return (struct wait){clock_monotonic_ms() + ms, POLL_MS};
}

/* Sleep. Returns false, at once, after the deadline. */
static bool wait_more(struct wait *wait)
{
	if (clock_monotonic_ms() >= wait->deadline_ms)
		return false;
	clock_sleep_ms(wait->pause_ms);
	wait->pause_ms = wait->pause_ms * 2 < POLL_MS_MAX ? wait->pause_ms * 2 : POLL_MS_MAX;
	return true;
}

/* --- backup ---------------------------------------------------------------------------------- */

/* Returns the exit status. */
static int create_backup(struct aws *aws, const char *name, char ret_arn[ARN_SIZE])
{
	const char *table = aws->config.messages_table;
	json_auto *answer = NULL;
	struct slice arn;

	if (ddb_get_json(aws,
			 REQUEST(CreateBackup, table, .table = slice_of(table),
				 .backup_name = slice_of(name)),
			 &answer) < 0)
		return aws_failed(aws);
	if (jsonin_string(ddb_member(answer, "BackupDetails"), "BackupArn", &arn) < 0 ||
	    !slice_copy(arn, ret_arn, ARN_SIZE))
		return aws_fail("CreateBackup: the answer has no BackupArn");
	return 0;
}

/* "cruddur-messages-20261127T091500Z" */
static void make_name(const char *table, char *name, size_t size)
{
	char now[CLOCK_TEXT_SIZE];

	clock_format(clock_now_us(), now);
	snprintf(name, size, "%.200s-%.4s%.2s%.5s%.2s%.2sZ", table, now, now + 5, now + 8, now + 14,
		 now + 17);
}

int native_backup(struct aws *aws)
{
	struct wait wait = wait_for(WAIT_MS);
	char name[NAME_SIZE], arn[ARN_SIZE] = "";
	int status;

	make_name(aws->config.messages_table, name, sizeof(name));
	status = create_backup(aws, aws->arguments[0] ? aws->arguments[0] : name, arn);
	if (status != 0)
		return status;
	do {
		json_auto *answer = NULL;
		const json_object *details;
		int64_t bytes;

		if (ddb_get_json(aws, REQUEST(DescribeBackup, backup, .backup = slice_of(arn)),
				 &answer) < 0)
			return aws_failed(aws);
		details = ddb_member(ddb_member(answer, "BackupDescription"), "BackupDetails");
		if (!ddb_member_is(details, "BackupStatus", "AVAILABLE"))
			continue;
		/* DynamoDB updates the size a few times a day. */
		if (jsonin_integer(details, "BackupSizeBytes", &bytes) < 0)
			bytes = 0;
		printf("%s: about %" PRId64 " bytes in %s\n", aws->config.messages_table, bytes,
		       arn);
		return 0;
	} while (wait_more(&wait));
	return aws_fail("%s is not available yet", arn);
}

/* --- restore --------------------------------------------------------------------------------- */

/* A restore that was asked for. */
struct restore {
	const char *from;  /* ARN of a backup, or the name of a table */
	const char *table; /* the new one */
	bool pitr;
	char at_s[24]; /* seconds since 1970; "" for the last time that can be restored */
};

/* Read the time of --at, RFC 3339. Returns the exit status. */
static int read_time(const char *text, char *at_s, size_t size)
{
	char whole[CLOCK_TEXT_SIZE];
	size_t len = strlen(text);
	int64_t us;

	if (len > 0 && text[len - 1] == 'Z')
		snprintf(whole, sizeof(whole), "%.*s+00:00", (int)(len - 1), text);
	else
		snprintf(whole, sizeof(whole), "%s", text);
	if (len >= sizeof(whole) || clock_parse(slice_of(whole), &us) < 0)
		return aws_misused("--at takes a time like 2026-11-27T09:15:00Z, not %s", text);
	snprintf(at_s, size, "%" PRId64, us / 1000000);
	return 0;
}

static int start(struct aws *aws, const struct restore *restore)
{
	const struct slice at = restore->at_s[0] ? slice_of(restore->at_s) : (struct slice){0};
	const struct dynamodb_answer *answer;

	if (restore->pitr)
		return aws_send(aws,
				REQUEST(RestoreTableToPointInTime, table,
					.table = slice_of(restore->from),
					.new_table = slice_of(restore->table), .at_s = at),
				&answer);
	return aws_send(aws,
			REQUEST(RestoreTableFromBackup, table, .backup = slice_of(restore->from),
				.new_table = slice_of(restore->table)),
			&answer);
}

/* Whether `arn` is that of the table `name`: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME. */
static bool is_table(struct slice arn, const char *name)
{
	const size_t len = strlen(name);

	return arn.len > len && arn.ptr[arn.len - len - 1] == '/' &&
	       slice_is(slice_from(arn, arn.len - len), name);
}

/* Whether a table that exists is being made by this restore, which an earlier run has begun. */
static bool is_same(const struct restore *restore, const json_object *table)
{
	const json_object *summary = ddb_member(table, "RestoreSummary");
	json_object *going = ddb_member(summary, "RestoreInProgress");
	struct slice arn;

	if (!going || !json_object_get_boolean(going))
		return false;
	if (jsonin_string(summary, restore->pitr ? "SourceTableArn" : "SourceBackupArn", &arn) < 0)
		return false;
	return restore->pitr ? is_table(arn, restore->from) : slice_is(arn, restore->from);
}

static int describe(struct aws *aws, const char *table, json_object **ret_answer)
{
	if (ddb_get_json(aws, REQUEST(DescribeTable, table, .table = slice_of(table)), ret_answer) <
	    0)
		return aws_failed(aws);
	return 0;
}

/* Start the restore, or find that it has been started. Returns the exit status. */
static int start_or_continue(struct aws *aws, const struct restore *restore)
{
	json_auto *answer = NULL;
	int status;

	if (start(aws, restore) == 0)
		return 0;
	if (!dynamodb_refused(aws->dynamodb, "TableAlreadyExistsException") &&
	    !dynamodb_refused(aws->dynamodb, "TableInUseException"))
		return aws_failed(aws);
	status = describe(aws, restore->table, &answer);
	if (status == 0 && !is_same(restore, ddb_member(answer, "Table")))
		return aws_fail("%s exists; DynamoDB restores into a new table", restore->table);
	return status;
}

static int wait_until_active(struct aws *aws, const char *table)
{
	struct wait wait = wait_for(RESTORE_MS);

	do {
		json_auto *answer = NULL;
		int status = describe(aws, table, &answer);

		if (status != 0)
			return status;
		if (ddb_member_is(ddb_member(answer, "Table"), "TableStatus", "ACTIVE"))
			return 0;
	} while (wait_more(&wait));
	return aws_fail("%s is not restored yet; run this again to wait longer", table);
}

/* DynamoDB refuses it for a while after a table was made. */
static int load_continuous_backups(struct aws *aws, const char *table)
{
	const struct dynamodb_answer *answer;
	struct wait wait = wait_for(WAIT_MS);

	do {
		if (aws_send(aws, REQUEST(UpdateContinuousBackups, table, .table = slice_of(table)),
			     &answer) == 0)
			return 0;
	} while (dynamodb_refused(aws->dynamodb, "ContinuousBackupsUnavailableException") &&
		 wait_more(&wait));
	return aws_failed(aws);
}

/* Read the arguments. Returns the exit status. */
static int read_restore(const struct aws *aws, struct restore *restore)
{
	*restore = (struct restore){.from = "", .table = "", .pitr = aws->pitr};
	if (aws->native && aws->pitr)
		return aws_misused("--native and --pitr exclude each other");
	if (aws->from || aws->unsealed)
		return aws_misused("--from and --unsealed belong to a FILE");
	if (aws->at && !aws->pitr)
		return aws_misused("--at belongs to --pitr");
	restore->from = aws->pitr ? aws->config.messages_table : aws->arguments[0];
	restore->table = aws->arguments[aws->pitr ? 0 : 1];
	if (!restore->table || (aws->pitr && aws->arguments[1]))
		return aws_misused(aws->pitr
					   ? "--pitr takes a new TABLE"
					   : "--native takes the ARN of a backup and a new TABLE");
	return aws->at ? read_time(aws->at, restore->at_s, sizeof(restore->at_s)) : 0;
}

int native_restore(struct aws *aws)
{
	struct restore restore;
	int status = read_restore(aws, &restore);

	if (status == 0)
		status = start_or_continue(aws, &restore);
	if (status != 0)
		return status;
	printf("%s is being restored from %s\n", restore.table, restore.from);
	fflush(stdout);
	status = wait_until_active(aws, restore.table);
	if (status == 0)
		status = ddb_load_time_to_live(aws, restore.table);
	if (status == 0)
		status = load_continuous_backups(aws, restore.table);
	if (status == 0)
		printf("%s is restored. To serve it: DDB_MESSAGE_TABLE=%s, and bin/pool reload\n",
		       restore.table, restore.table);
	return status;
}

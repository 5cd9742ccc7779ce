/* main.c - cruddur-aws: the operators' commands that call AWS, or tell live_hub something. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "local.h"

static const struct command commands[] = {
	{"ddb", "schema-load", "[prod]", "create the messages table, or check the one that exists",
	 0, 0, NEEDS_DYNAMODB, false, false, ddb_schema_load},
	{"ddb", "list-tables", "[prod]", "print the names of the tables", 0, 0, NEEDS_DYNAMODB,
	 false, false, ddb_list_tables},
	{"ddb", "drop", "TABLE [prod] [--yes]", "delete a table and all its items", 1, 1,
	 NEEDS_DYNAMODB, false, false, ddb_drop},
	{"ddb", "seed", "FILE [prod]", "write the conversations of a file, once", 1, 1,
	 NEEDS_DYNAMODB, false, false, ddb_seed},
	{"ddb", "scan", "[TABLE] [prod]", "print the items of a table, one JSON object per line", 0,
	 1, NEEDS_DYNAMODB, false, false, ddb_scan},
	{"ddb", "backup", "FILE [prod], or --native [NAME] [prod]",
	 "write every item of the messages table to a new file, compressed, one JSON object per\n"
	 "      line, and read it again; --native: let DynamoDB keep a backup, and print its ARN",
	 0, 1, NEEDS_DYNAMODB, false, false, ddb_backup},
	{"ddb", "restore",
	 "FILE [prod] [--yes] [--from N] [--unsealed], or\n"
	 "              --pitr TABLE [--at TIME] [prod], or --native ARN TABLE [prod]",
	 "write the items of such a file into the messages table, which is created if it is\n"
	 "      missing; asks when the table has items: those with the same keys are replaced.\n"
	 "      --from N: without the first N, which an interrupted run has written; --unsealed:\n"
	 "      also a file without the line that proves that it is complete.\n"
	 "      --pitr: let DynamoDB make a new TABLE with what the messages table had at TIME\n"
	 "      (2026-11-27T09:15:00Z; without it, the last time that is possible), and wait;\n"
	 "      --native: the same from a backup of DynamoDB",
	 1, 2, NEEDS_DYNAMODB, false, false, ddb_restore},
	{"ddb", "migrate", "TABLE [prod], or OLD NEW [prod]",
	 "bring the items of the previous release in TABLE up to date, while the product serves;\n"
	 "      or copy the conversations of the legacy table OLD into table NEW, which is "
	 "created\n"
	 "      if it is missing; OLD is only read; a second run does what the first one did not",
	 1, 2, NEEDS_DYNAMODB, false, false, ddb_migrate},
	{"ddb", "check", "[--blocks] [prod]",
	 "list the items of people whom PostgreSQL does not have, and what does not fit together\n"
	 "      in the messages table; the exit status is 1 when there is something. --blocks: "
	 "copy\n"
	 "      the blocks of PostgreSQL to the table where it has others, for after a restore",
	 0, 0, NEEDS_DYNAMODB | NEEDS_DB, false, false, ddb_check},
	{"ddb", "get-conversation",
	 "[--group UUID] [--handle HANDLE] [--limit N] [--year YYYY] [--json] [prod]",
	 "print the newest messages (20) of a conversation: of that group, of the newest\n"
	 "      conversation of that person, or of the seeded one; --json prints DynamoDB's answer",
	 0, 0, NEEDS_DYNAMODB, true, true, ddb_get_conversation},
	{"ddb", "list-conversations",
	 "[--handle HANDLE] [--group UUID] [--limit N] [--year YYYY] [--json] [prod]",
	 "print the conversations (20) of a person (andrewbrown), latest message first, or only\n"
	 "      the one of a group; --json prints DynamoDB's answer",
	 0, 0, NEEDS_DYNAMODB | NEEDS_DB, true, true, ddb_list_conversations},
	{"cognito", "list-users", "[--json] [prod]",
	 "print handle, subject and status of every account of the user pool; --json prints all\n"
	 "      attributes, one JSON object per line",
	 0, 0, NEEDS_COGNITO, true, false, cognito_list_users},
	{"db", "update_cognito_user_ids", "[prod]",
	 "give each user without a Cognito subject the subject of the account with that handle,\n"
	 "      unless several accounts have it",
	 0, 0, NEEDS_COGNITO | NEEDS_DB, false, false, db_update_cognito_user_ids},
	{"people", "show", "HANDLE [--json] [prod]",
	 "print what is known of a person, and whether they are suspended", 1, 1, NEEDS_DB, true,
	 false, people_show},
	{"people", "suspend", "HANDLE [prod]",
	 "hide what a person has written, and end their streams within a second", 1, 1, NEEDS_DB,
	 false, false, people_suspend},
	{"people", "unsuspend", "HANDLE [prod]",
	 "let a suspended person in again, and show what they have written", 1, 1, NEEDS_DB, false,
	 false, people_unsuspend},
	{"people", "export", "HANDLE [prod]",
	 "print everything that is a person's, in both stores, as JSON Lines", 1, 1,
	 NEEDS_DB | NEEDS_DYNAMODB, false, false, people_export},
	{"people", "delete", "HANDLE [--yes] [--until STEP] [prod]",
	 "hide a person at once, then delete them from both stores and from the user pool; asks\n"
	 "      first. --until: only up to this step: messages, rows, account; bin/jobs does the "
	 "rest",
	 1, 1, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO, false, false, people_delete},
	{"people", "erasures", "[--again] [--until STEP] [prod]",
	 "go on with the deletions that have begun. --again: also with those that have ended, "
	 "from\n"
	 "      their first step, for after a restore",
	 0, 0, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO, false, false, people_erasures},
	{"db", "purge-expired", "[prod]",
	 "delete expired cruds, old idempotency keys and what else is kept for a time only", 0, 0,
	 NEEDS_DB, false, false, db_purge_expired},
	{"jobs", "run", "[prod]",
	 "do what is due: purges, erasures, exports; nothing while another process does it", 0, 0,
	 NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO, false, false, jobs_run},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void report(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static void report(const char *format, va_list args)
{
	fputs("cruddur-aws: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int aws_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(format, args);
	va_end(args);
	return 1;
}

int aws_misused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(format, args);
	va_end(args);
	return 2;
}

int aws_send(struct aws *aws, struct request request, const struct dynamodb_answer **ret_answer)
{
	budget_start(&aws->budget, PATIENCE_MS);
	return dynamodb_send(aws->dynamodb, request, ret_answer);
}

int aws_failed(const struct aws *aws)
{
	return aws_fail("%s at %s: %s", dynamodb_operation(aws->dynamodb),
			aws->config.dynamodb_endpoint, dynamodb_problem(aws->dynamodb));
}

int aws_db_failed(const struct aws *aws)
{
	return aws_fail("PostgreSQL: %s", db_problem(aws->db));
}

/* Print the usage of one command, or of all. Returns the exit status: 2 for stderr, a mistake. */
static int usage(FILE *file, const struct command *command)
{
	fputs("usage: cruddur-aws COMMAND\n", file);
	for (size_t i = 0; i < COMMANDS; i++)
		if (!command || command == &commands[i])
			fprintf(file, "  %s %s %s\n      %s\n", commands[i].group, commands[i].name,
				commands[i].synopsis, commands[i].summary);
	fputs("prod:  use AWS, and the database PROD_CONNECTION_URL; without it, the services of\n"
	      "       AWS_ENDPOINT_URL… and CONNECTION_URL, or those of the local run\n"
	      "--yes: do not ask before something is destroyed\n",
	      file);
	return file == stdout ? 0 : 2;
}

static void set_default(const char *name, const char *value)
{
	if (!env_get(name))
		setenv(name, value, 1);
}

/* Set the address of a service to that of the local run, unless it is set. */
static void set_local(const char *name, const char *host, const char *port_name, const char *port,
		      const char *path)
{
	const char *own_port = env_get(port_name);
	char value[128];

	snprintf(value, sizeof(value), "%s:%s%s", host, own_port ? own_port : port, path);
	set_default(name, value);
}

/*
 * Without `prod`, no call may reach AWS by accident, and the commands work without any settings.
 * With it, no call may reach a stand-in.
 */
static void choose_services(bool prod)
{
	/* For config_load only: no token is checked here. */
	set_default("AWS_COGNITO_USER_POOL_CLIENT_ID", "none");
	if (prod) {
		unsetenv("AWS_ENDPOINT_URL");
		unsetenv("AWS_ENDPOINT_URL_DYNAMODB");
		unsetenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER");
		return;
	}
	if (!env_get("AWS_ENDPOINT_URL")) {
		set_local("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1", "CRUDDUR_DYNAMODB_PORT",
			  DYNAMODB_PORT, "");
		set_local("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://127.0.0.1",
			  "CRUDDUR_COGNITO_PORT", COGNITO_PORT, "");
	}
	set_local("CONNECTION_URL",
		  "postgresql://" LOCAL_SERVING_ROLE ":" LOCAL_PASSWORD "@127.0.0.1",
		  "CRUDDUR_POSTGRES_PORT", POSTGRES_PORT, "/cruddur");
	if (!env_get("AWS_DEFAULT_REGION"))
		set_default("AWS_REGION", LOCAL_REGION);
	if (!env_get("AWS_ACCESS_KEY_ID") && !env_get("AWS_SECRET_ACCESS_KEY")) {
		set_default("AWS_ACCESS_KEY_ID", "local");
		set_default("AWS_SECRET_ACCESS_KEY", "local");
	}
	set_default("AWS_COGNITO_USER_POOL_ID", LOCAL_USER_POOL);
}

/* The member that an option of the command sets; NULL when it has no such option. */
static const char **option_of(struct aws *aws, const struct command *command, const char *name)
{
	if (command->run == ddb_restore && strcmp(name, "--from") == 0)
		return &aws->from;
	if (command->run == ddb_restore && strcmp(name, "--at") == 0)
		return &aws->at;
	if ((command->run == people_delete || command->run == people_erasures) &&
	    strcmp(name, "--until") == 0)
		return &aws->until;
	if (!command->pattern)
		return NULL;
	if (strcmp(name, "--group") == 0)
		return &aws->group;
	if (strcmp(name, "--handle") == 0)
		return &aws->handle;
	if (strcmp(name, "--limit") == 0)
		return &aws->limit;
	if (strcmp(name, "--year") == 0)
		return &aws->year;
	return NULL;
}

/* The member that an option without a value sets; NULL when the command has no such option. */
static bool *flag_of(struct aws *aws, const struct command *command, const char *name)
{
	const bool restores = command->run == ddb_restore;

	if (strcmp(name, "prod") == 0)
		return &aws->prod;
	if (strcmp(name, "--yes") == 0)
		return &aws->yes;
	if (command->json && strcmp(name, "--json") == 0)
		return &aws->json;
	if (command->run == ddb_check && strcmp(name, "--blocks") == 0)
		return &aws->blocks;
	if (command->run == people_erasures && strcmp(name, "--again") == 0)
		return &aws->again;
	if ((restores || command->run == ddb_backup) && strcmp(name, "--native") == 0)
		return &aws->native;
	if (restores && strcmp(name, "--pitr") == 0)
		return &aws->pitr;
	if (restores && strcmp(name, "--unsealed") == 0)
		return &aws->unsealed;
	return NULL;
}

/* Read the arguments after the command's name. Returns 0; 2 for a mistake; -1 for --help. */
static int read_arguments(struct aws *aws, const struct command *command, int argc, char **argv)
{
	int count = 0;

	for (int i = 0; i < argc; i++) {
		const char **option = option_of(aws, command, argv[i]);
		bool *flag = flag_of(aws, command, argv[i]);

		if (strcmp(argv[i], "--help") == 0)
			return -1;
		if (flag)
			*flag = true;
		else if (option && i + 1 < argc)
			*option = argv[++i];
		else if (argv[i][0] != '-' && count < command->arguments_max)
			aws->arguments[count++] = argv[i];
		else
			return 2;
	}
	return count < command->arguments_min ? 2 : 0;
}

static int connect_and_run(const struct command *command, struct aws *aws, unsigned needs)
{
	if (needs & NEEDS_DYNAMODB) {
		aws->dynamodb = dynamodb_new(&aws->config, &aws->budget);
		if (!aws->dynamodb)
			return aws_fail("out of memory");
	}
	if (needs & NEEDS_DB) {
		aws->db = db_new(&aws->config, &aws->budget);
		if (!aws->db)
			return aws_fail("out of memory");
	}
	return command->run(aws);
}

static int run(const struct command *command, struct aws *aws)
{
	/* A person is looked up in PostgreSQL. */
	unsigned needs = command->needs | (aws->handle ? NEEDS_DB : 0);
	struct note problem;
	int status;

	/* An erasure that stops before the account needs no user pool. */
	if (aws->until && strcmp(aws->until, "account") != 0)
		needs &= ~(unsigned)NEEDS_COGNITO;
	if (config_read_secrets(NEEDS_DB | NEEDS_DYNAMODB, &problem) < 0 ||
	    env_read_file("PROD_CONNECTION_URL", &problem) < 0)
		return aws_fail("%s", problem.text);
	/* bin/jobs runs beside the workers, with their services: those of AWS unless others are
	 * set. */
	if (aws->prod || command->run != jobs_run || !env_get("CONNECTION_URL"))
		choose_services(aws->prod);
	if (aws->prod && needs & NEEDS_DB) {
		const char *url = env_get("PROD_CONNECTION_URL");

		if (!url)
			return aws_fail("PROD_CONNECTION_URL is not set");
		setenv("CONNECTION_URL", url, 1);
	}
	if (config_load(needs, &aws->config, &problem) < 0)
		return aws_fail("%s", problem.text);
	status = connect_and_run(command, aws, needs);
	dynamodb_free(aws->dynamodb);
	db_free(aws->db);
	if (fflush(stdout) != 0 || ferror(stdout))
		return aws_fail("the output cannot be written");
	return status;
}

int main(int argc, char **argv)
{
	struct aws aws = {0};

	if (argc >= 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, NULL);
	for (size_t i = 0; argc >= 3 && i < COMMANDS; i++) {
		const struct command *command = &commands[i];
		int r;

		if (strcmp(argv[1], command->group) != 0 || strcmp(argv[2], command->name) != 0)
			continue;
		r = read_arguments(&aws, command, argc - 3, argv + 3);
		if (r != 0)
			return usage(r < 0 ? stdout : stderr, command);
		return run(command, &aws);
	}
	return usage(stderr, NULL);
}

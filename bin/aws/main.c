/* main.c - cruddur-aws: the operators' commands that talk to AWS. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 30000

static const struct command commands[] = {
	{"ddb", "schema-load", "[prod]", "create the messages table, or see that it is there",
	 ARGUMENT_NONE, ddb_schema_load},
	{"ddb", "list-tables", "[prod]", "print the names of the tables", ARGUMENT_NONE,
	 ddb_list_tables},
	{"ddb", "drop", "TABLE [prod] [--yes]", "delete a table and all that is in it",
	 ARGUMENT_REQUIRED, ddb_drop},
	{"ddb", "seed", "FILE [prod]", "write the conversations of a file, once", ARGUMENT_REQUIRED,
	 ddb_seed},
	{"ddb", "scan", "[TABLE] [prod]", "print the items of a table, one JSON object a line",
	 ARGUMENT_OPTIONAL, ddb_scan},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

int aws_fail(const char *format, ...)
{
	va_list args;

	fputs("cruddur-aws: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 1;
}

int aws_send(struct aws *aws, const char *operation, const struct dynamodb_answer **ret_answer)
{
	budget_start(&aws->budget, PATIENCE_MS);
	return dynamodb_send(aws->dynamodb, operation, ret_answer);
}

int aws_failed(const struct aws *aws, const char *operation)
{
	return aws_fail("%s at %s: %s", operation, aws->config.dynamodb_endpoint,
			dynamodb_problem(aws->dynamodb));
}

/* The usage of one command, or of all; on stderr it is the answer to a mistake. */
static int usage(FILE *file, const struct command *command)
{
	fputs("usage: cruddur-aws COMMAND\n", file);
	for (size_t i = 0; i < COMMANDS; i++)
		if (!command || command == &commands[i])
			fprintf(file, "  %s %s %s\n      %s\n", commands[i].group, commands[i].name,
				commands[i].synopsis, commands[i].summary);
	fputs("prod:  the real service; without it the local one, AWS_ENDPOINT_URL_DYNAMODB or\n"
	      "       port CRUDDUR_DYNAMODB_PORT (8000) of this machine\n"
	      "--yes: do not ask before something is destroyed in production\n",
	      file);
	return file == stdout ? 0 : 2;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static void set_default(const char *name, const char *value)
{
	if (!is_set(name))
		setenv(name, value, 1);
}

/*
 * Without `prod` nothing may reach the real service by accident, and nothing needs to be set up;
 * with it nothing may go to a stand-in.
 */
static void choose_service(bool prod)
{
	char endpoint[64];

	if (prod) {
		unsetenv("AWS_ENDPOINT_URL");
		unsetenv("AWS_ENDPOINT_URL_DYNAMODB");
		return;
	}
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%s",
		 is_set("CRUDDUR_DYNAMODB_PORT") ? getenv("CRUDDUR_DYNAMODB_PORT") : "8000");
	if (!is_set("AWS_ENDPOINT_URL"))
		set_default("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
	if (!is_set("AWS_DEFAULT_REGION"))
		set_default("AWS_REGION", "ca-central-1");
	set_default("AWS_ACCESS_KEY_ID", "local");
	set_default("AWS_SECRET_ACCESS_KEY", "local");
}

/* Read what follows the command's name. Returns 0; the exit status of a usage, or -1 for help. */
static int read_arguments(struct aws *aws, const struct command *command, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return -1;
		if (strcmp(argv[i], "prod") == 0)
			aws->prod = true;
		else if (strcmp(argv[i], "--yes") == 0)
			aws->yes = true;
		else if (argv[i][0] != '-' && command->argument != ARGUMENT_NONE && !aws->argument)
			aws->argument = argv[i];
		else
			return 2;
	}
	return command->argument == ARGUMENT_REQUIRED && !aws->argument ? 2 : 0;
}

static int run(const struct command *command, struct aws *aws)
{
	char problem[256];
	int status;

	choose_service(aws->prod);
	if (config_load(NEEDS_DYNAMODB, &aws->config, problem, sizeof(problem)) < 0)
		return aws_fail("%s", problem);
	aws->dynamodb = dynamodb_new(&aws->config, &aws->budget);
	if (!aws->dynamodb)
		return aws_fail("out of memory");
	status = command->run(aws);
	dynamodb_free(aws->dynamodb);
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

/* err.c - what err.h says. */
#include "err.h"

static const struct problem {
	int status;
	const char *code;
	const char *title;
} problems[] = {
#define ERR_PROBLEM_(name, status, code, title) [name - ERR_BASE_ - 1] = {status, code, title},
	ERR_TABLE(ERR_PROBLEM_)
#undef ERR_PROBLEM_
};

static const struct problem *problem(int err)
{
	const int count = sizeof(problems) / sizeof(problems[0]);
	int i = err - ERR_BASE_ - 1;

	/* Libraries use small negative numbers and INT_MIN must not overflow: look before. */
	if (err <= ERR_BASE_ || err >= 0 || i >= count)
		i = ERR_INTERNAL - ERR_BASE_ - 1;
	return &problems[i];
}

int err_status(int err)
{
	return problem(err)->status;
}

const char *err_code(int err)
{
	return problem(err)->code;
}

const char *err_title(int err)
{
	return problem(err)->title;
}

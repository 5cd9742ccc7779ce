/*
 * tuning.h - settings that `bin/pool set` changes while workers run.
 *
 * All workers of a machine map one file, so a change is seen by the next request, without a system
 * call:
 *
 *	CRUDDUR_METRICS_DIR/.tuning
 *	0   log level   0: as configured; else 1 + the enum log_level
 *	8   slow_ms     0: as configured; else 1 + the milliseconds
 */
#ifndef TUNING_H
#define TUNING_H

#include "run/loglevel.h"

struct tuning;

/*
 * Map the settings of `folder`; makes the file if it is missing, with nothing set.
 *
 * ret_tuning: for tuning_close; written on success only.
 * Returns 0; ERR_UNAVAILABLE when there is no such folder or no room in it; ERR_NO_MEMORY.
 */
int tuning_open(const char *folder, struct tuning **ret_tuning) __attribute__((warn_unused_result));

/* Unmap; tuning_close(NULL) does nothing. */
void tuning_close(struct tuning *tuning);

/* The setting, or `configured` when it is not set, is no valid value, or `tuning` is NULL. */
enum log_level tuning_log_level(const struct tuning *tuning, enum log_level configured);
int tuning_slow_ms(const struct tuning *tuning, int configured);

#endif

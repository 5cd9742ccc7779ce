/* loglevel.c - see loglevel.h. */
#include "run/loglevel.h"

const char *const log_level_names[LOG_LEVELS] = {"error", "warn", "info", "debug"};

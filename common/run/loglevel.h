/*
 * loglevel.h - the levels of CRUDDUR_LOG_LEVEL and of the lines in the log.
 */
#ifndef LOGLEVEL_H
#define LOGLEVEL_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

/* Their names; static strings. */
extern const char *const log_level_names[LOG_LEVELS];

#endif

/* log.c - see log.h. */
#include "run/log.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "json/jsonout.h"
#include "run/metrics.h"

/* A pipe that is ready for writing takes PIPE_BUF (4096) bytes at once and whole: pipe(7). */
#define LINE_MAX_BYTES 4000

/* Global, as standard error is. */
static struct {
	const char *program;
	enum log_level level;
	int64_t dropped;
	struct metrics *metrics;
} log_state = {.program = "cruddur", .level = LOG_WARN};

void log_init(const char *program, enum log_level level, struct metrics *metrics)
{
	log_state.program = program;
	log_state.level = level;
	log_state.metrics = metrics;
}

void log_set_level(enum log_level level)
{
	log_state.level = level;
}

static void begin(struct jsonout *out, struct buf *line, enum log_level level)
{
	char now[CLOCK_TEXT_SIZE];

	clock_format(clock_now_us(), now);
	jsonout_begin(out, line);
	jsonout_object(out);
	jsonout_member_text(out, "time", now);
	jsonout_member_text(out, "level", log_level_names[level]);
	jsonout_member_text(out, "program", log_state.program);
	jsonout_member_integer(out, "pid", getpid());
	if (log_state.dropped)
		jsonout_member_integer(out, "dropped", log_state.dropped);
}

static void finish(struct jsonout *out, struct buf *line)
{
	struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
	bool whole;

	jsonout_object_end(out);
	whole = jsonout_end(out) == 0;
	buf_putc(line, '\n');
	if (whole && !line->failed && poll(&fd, 1, 0) == 1 && (fd.revents & POLLOUT) &&
	    write(STDERR_FILENO, line->data, line->len) == (ssize_t)line->len) {
		log_state.dropped = 0;
		return;
	}
	log_state.dropped++;
	metrics_log_dropped(log_state.metrics);
}

void log_request(enum log_level level, const struct log_request *request)
{
	buf_auto line = BUF_INIT(LINE_MAX_BYTES);
	struct jsonout out;

	if (level > log_state.level)
		return;
	begin(&out, &line, level);
	jsonout_member_text(&out, "event", "request");
	jsonout_member_text(&out, "request_id", request->request_id);
	if (request->trace_id)
		jsonout_member_text(&out, "trace_id", request->trace_id);
	jsonout_member_text(&out, "method", request->method);
	jsonout_member_text(&out, "route", request->route);
	jsonout_member_integer(&out, "status", request->status);
	if (request->code)
		jsonout_member_text(&out, "code", request->code);
	if (request->problem)
		jsonout_member_text(&out, "problem", request->problem);
	jsonout_member_integer(&out, "duration_us", request->duration_us);
	for (int i = 0; i < DEP_COUNT; i++) {
		if (!request->budget->deps[i].calls)
			continue;
		jsonout_key(&out, dependency_names[i]);
		jsonout_object(&out);
		jsonout_member_integer(&out, "calls", request->budget->deps[i].calls);
		jsonout_member_integer(&out, "spent_us", request->budget->deps[i].spent_us);
		if (request->ids[i] && *request->ids[i])
			jsonout_member_text(&out, "id", request->ids[i]);
		jsonout_object_end(&out);
	}
	finish(&out, &line);
}

void log_event(enum log_level level, const char *event, const char *detail)
{
	buf_auto line = BUF_INIT(LINE_MAX_BYTES);
	struct jsonout out;

	if (level > log_state.level)
		return;
	begin(&out, &line, level);
	jsonout_member_text(&out, "event", event);
	if (detail)
		jsonout_member_text(&out, "detail", detail);
	finish(&out, &line);
}

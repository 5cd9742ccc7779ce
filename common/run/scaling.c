/* scaling.c - see scaling.h. */
#include "run/scaling.h"

#include <assert.h>

void scaling_init(struct scaling *scaling, int min, int max, unsigned needs, int size,
		  int64_t now_ms)
{
	assert(0 <= min && min <= max && max <= SCALING_WORKERS);
	scaling->min = min;
	scaling->max = max;
	scaling->size = size < min ? min : size > max ? max : size;
	/* Most programs ask PostgreSQL first, so its answers prove nothing about DynamoDB. */
	scaling->dep = needs & NEEDS_DYNAMODB ? DEP_DYNAMODB : DEP_DB;
	scaling->is_waiting = false;
	for (int i = 0; i <= SCALING_WORKERS; i++)
		scaling->used_ms[i] = now_ms;
}

static void look_from(struct scaling *scaling, const struct scaling_sample *sample)
{
	scaling->waiting_ms = sample->now_ms;
	scaling->base = sample->counts;
}

/*
 * Note why the pool does not grow, unless that was noted a moment ago, and look again from now on
 * after a while: a dependency recovers.
 */
static int hold(struct scaling *scaling, const struct scaling_sample *sample, struct note *reason,
		const char *why)
{
	if (sample->now_ms >= scaling->told_ms) {
		note_set(reason, "requests wait, but %s", why);
		scaling->told_ms = sample->now_ms + SCALING_TELL_MS;
	}
	if (sample->now_ms - scaling->waiting_ms >= SCALING_QUIET_MS)
		look_from(scaling, sample);
	return 0;
}

/* Whether calls to a dependency fail, at least as many as succeed. */
static bool fails(const struct scaling_counts *now, const struct scaling_counts *base)
{
	for (int i = 0; i < DEP_COUNT; i++) {
		uint64_t failed = now->failed[i] - base->failed[i];

		if (failed > 0 && failed >= now->ok[i] - base->ok[i])
			return true;
	}
	return now->breaker > base->breaker;
}

static int grow_by(struct scaling *scaling, const struct scaling_sample *sample, int count)
{
	scaling->size += count;
	scaling->stepped_ms = sample->now_ms;
	for (int i = 0; i <= scaling->size; i++)
		scaling->used_ms[i] = sample->now_ms;
	look_from(scaling, sample);
	return count;
}

/*
 * Requests wait. A dependency that does not answer fails no call until the call's timeout;
 * therefore something must have succeeded since they wait.
 */
static int grow(struct scaling *scaling, const struct scaling_sample *sample, int room,
		struct note *reason)
{
	const struct scaling_counts *now = &sample->counts, *base = &scaling->base;
	const int64_t now_ms = sample->now_ms, waited_ms = now_ms - scaling->waiting_ms;
	int step;

	if (scaling->size == 0) {
		if (room <= 0)
			return hold(scaling, sample, reason, "CRUDDUR_CONNECTIONS is reached");
		note_set(reason, "a request waits and no worker runs");
		return grow_by(scaling, sample, 1);
	}
	if (waited_ms < SCALING_SAMPLE_MS || sample->busy < sample->running ||
	    (sample->running < scaling->size && now_ms - scaling->stepped_ms < SCALING_START_MS))
		return 0;
	if (scaling->size == scaling->max)
		return hold(scaling, sample, reason, "the pool has its largest size");
	if (fails(now, base))
		return hold(scaling, sample, reason, "a dependency fails");
	if (now->ok[scaling->dep] == base->ok[scaling->dep] && now->answered == base->answered)
		return waited_ms < SCALING_QUIET_MS
			       ? 0
			       : hold(scaling, sample, reason, "no dependency answers");
	if (room <= 0)
		return hold(scaling, sample, reason, "CRUDDUR_CONNECTIONS is reached");
	step = scaling->size;
	if (step > scaling->max - scaling->size)
		step = scaling->max - scaling->size;
	if (step > room)
		step = room;
	note_set(reason, "requests wait and all %d workers are busy", sample->running);
	return grow_by(scaling, sample, step);
}

static int shrink(struct scaling *scaling, int64_t now_ms, int64_t idle_ms, struct note *reason)
{
	int step = 0;

	while (scaling->size + step > scaling->min &&
	       now_ms - scaling->used_ms[scaling->size + step] >= idle_ms)
		step--;
	if (step < 0)
		note_set(reason, "at most %d workers were busy for %lld s", scaling->size + step,
			 (long long)(idle_ms / 1000));
	scaling->size += step;
	if (step < 0)
		scaling->stepped_ms = now_ms;
	return step;
}

/* More workers run than were started here: systemd starts the first one by itself. */
static void adopt(struct scaling *scaling, const struct scaling_sample *sample)
{
	scaling->size = sample->running < scaling->max ? sample->running : scaling->max;
	for (int i = 0; i <= scaling->size; i++)
		scaling->used_ms[i] = sample->now_ms;
}

int scaling_step(struct scaling *scaling, const struct scaling_sample *sample, int64_t idle_ms,
		 int room, struct note *reason)
{
	int busy;

	note_clear(reason);
	if (sample->running > scaling->size &&
	    sample->now_ms - scaling->stepped_ms >= SCALING_ADOPT_MS)
		adopt(scaling, sample);
	busy = sample->busy > scaling->size ? scaling->size : sample->busy;
	for (int i = 0; i <= busy; i++)
		scaling->used_ms[i] = sample->now_ms;
	if (!sample->waiting) {
		scaling->is_waiting = false;
		return shrink(scaling, sample->now_ms, idle_ms, reason);
	}
	if (!scaling->is_waiting)
		look_from(scaling, sample);
	scaling->is_waiting = true;
	return grow(scaling, sample, room, reason);
}

int64_t scaling_next_end_ms(const struct scaling *scaling, int64_t idle_ms)
{
	if (scaling->size <= scaling->min)
		return INT64_MAX;
	return scaling->used_ms[scaling->size] + idle_ms;
}

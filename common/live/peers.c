/* peers.c - see peers.h. */
#include "live/peers.h"

void peers_begin(struct peers *peers, int64_t now_ms)
{
	peers->count = 0;
	peers->settled_ms = now_ms + PEERS_SETTLE_MS;
}

static struct peer *find(struct peers *peers, uint64_t id)
{
	for (size_t i = 0; i < peers->count; i++)
		if (peers->all[i].id == id)
			return &peers->all[i];
	return NULL;
}

/* A hub that was not known. */
static enum peers_heard meet(struct peers *peers, uint64_t id, uint64_t number, bool heartbeat,
			     int64_t now_ms)
{
	bool at_start = number == (heartbeat ? 0 : 1);

	if (peers->count == PEERS_MAX)
		return PEERS_IN_ORDER;
	peers->all[peers->count++] = (struct peer){id, number, now_ms};
	return at_start || now_ms < peers->settled_ms ? PEERS_IN_ORDER : PEERS_MISSED;
}

enum peers_heard peers_hear(struct peers *peers, uint64_t id, uint64_t number, bool heartbeat,
			    int64_t now_ms)
{
	struct peer *peer = find(peers, id);
	uint64_t expected;

	if (!peer)
		return meet(peers, id, number, heartbeat, now_ms);
	peer->heard_ms = now_ms;
	expected = peer->last + !heartbeat;
	if (number > peer->last)
		peer->last = number;
	if (number > expected)
		return PEERS_MISSED;
	return number < expected ? PEERS_AGAIN : PEERS_IN_ORDER;
}

static void drop(struct peers *peers, struct peer *peer)
{
	*peer = peers->all[--peers->count];
}

void peers_forget(struct peers *peers, uint64_t id)
{
	struct peer *peer = find(peers, id);

	if (peer)
		drop(peers, peer);
}

bool peers_silent(struct peers *peers, int64_t now_ms)
{
	bool silent = false;

	for (size_t i = peers->count; i > 0; i--)
		if (peers->all[i - 1].heard_ms + PEERS_SILENT_MS <= now_ms) {
			drop(peers, &peers->all[i - 1]);
			silent = true;
		}
	return silent;
}

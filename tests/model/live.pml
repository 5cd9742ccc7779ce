/*
 * live.pml - how a message reaches an open page: Promela, for spin (make check-model).
 *
 *	sender ── commit ──▶ table          page ── reads ──▶ table
 *	   └── publish ──▶ hub ── stream ──▶ page
 *
 * Faults strike at any moment, FAULTS times in all: a worker dies, the hub is killed, a socket is full, a
 * reader is cut. Afterwards everything works, which is the case that the properties speak about:
 *
 *	seen       an acknowledged message is eventually shown
 *	assert     a message that is shown is committed
 *	           no process waits for ever (spin's search for invalid end states)
 *
 * The labels of the actions are the functions that do them.
 */
#define MESSAGES 2
#define FAULTS	 3

mtype = { HELLO, EVENT, RESYNC };

bool committed[MESSAGES]; /* in the table */
bool acked[MESSAGES];	  /* the sender has the answer */
bool shown[MESSAGES];	  /* on the page of the other member */
byte faults = FAULTS;

bool running = false;	 /* a hub runs */
bool unpublished = false; /* live_counters.unpublished is not what the hub has seen last */

chan packets = [1] of { byte };	     /* publish.sock: what the hub has not read yet */
chan stream = [2] of { mtype, byte }; /* from the hub to the page */
bool connected = false;		     /* the page has a stream of this generation */

inline fault()
{
	atomic { faults > 0 -> faults-- }
}

/* conversation_send, of a client that repeats the request until it is answered. */
proctype sender(byte m)
{
again:
	if
	:: fault(); goto again /* the worker dies before the transaction */
	:: skip
	fi;
put_message:
	committed[m] = true; /* the same message when the key has made it already: replay */
	if
	:: fault(); goto again /* it dies before it publishes */
	:: skip
	fi;
publisher_send:
	atomic {
		if
		:: running && nfull(packets) -> packets!m
		:: !running || full(packets) -> unpublished = true /* publisher_lost */
		fi
	}
	if
	:: fault(); goto again /* it dies before it answers */
	:: skip
	fi;
send_response:
	acked[m] = true
}

/* A stream ends, with all that is in it. */
inline end_stream()
{
	connected = false;
	do
	:: nempty(stream) -> stream?_, _
	:: empty(stream) -> break
	od
}

/* Write to the stream. A reader that does not take it is cut. */
inline send_text(what, m)
{
	if
	:: !connected
	:: connected && nfull(stream) -> stream!what, m
	:: connected && full(stream) -> end_stream() /* cut */
	fi
}

active proctype live_hub()
{
	byte m;

end:
	do
	:: atomic {
		!running -> /* main, open_counters */
		running = true;
		unpublished = false
	   }
	:: atomic {
		running && nempty(packets) -> /* read_worker, hub_publish */
		packets?m;
		send_text(EVENT, m);
		m = 0
	   }
	:: atomic {
		running && unpublished -> /* look_for_unpublished, hub_resync */
		unpublished = false;
		send_text(RESYNC, 0)
	   }
	:: atomic {
		running && faults > 0 -> /* it is killed: its sockets are gone */
		faults--;
		running = false;
		do
		:: nempty(packets) -> packets?_
		:: empty(packets) -> break
		od;
		end_stream()
	   }
	:: atomic {
		connected && faults > 0 -> /* the reader is slow, or its token expires */
		faults--;
		end_stream()
	   }
	od
}

/* A read of the page: what is committed at this moment. */
inline read_page()
{
	d_step {
		shown[0] = shown[0] || committed[0];
		shown[1] = shown[1] || committed[1]
	}
}

active proctype page()
{
	byte m;

end:
	do
	:: atomic {
		!connected && running -> /* hub_open: hello is the first event */
		connected = true;
		stream!HELLO, 0
	   }
	:: stream?HELLO, _ -> read_page()
	:: stream?RESYNC, _ -> read_page()
	:: atomic {
		stream?EVENT, m ->
		assert(committed[m]);
		shown[m] = true;
		m = 0
	   }
	od
}

init {
	atomic {
		run sender(0);
		run sender(1)
	}
}

ltl seen { [] (acked[0] -> <> shown[0]) } /* the messages are alike */

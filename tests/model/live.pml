/*
 * live.pml - how a message reaches an open page: Promela, for spin (make check-model).
 *
 *	sender ── commit ──▶ table                  page ── reads ──▶ table
 *	   └── publish ──▶ hub ── stream ─────────▶ page of this machine
 *	                    └── bus ──▶ other hub ─▶ page of another one
 *
 * Faults strike at any moment, FAULTS times in all: a worker dies, the hub is killed or stopped, a socket or
 * a queue is full, a reader is cut, a connection to PostgreSQL breaks. Afterwards everything works, which is
 * the case that the properties speak about:
 *
 *	seen       an acknowledged message is eventually shown
 *	assert     a message that is shown is committed
 *	           no process waits for ever (spin's search for invalid end states)
 *
 * The labels and comments of the actions name the functions that do them.
 */
#define MESSAGES 2
#ifndef FAULTS
#define FAULTS	 3
#endif
#ifndef FAR
#define FAR	 0 /* 1: the page is on another machine than the senders */
#endif
#define READ_ALL MESSAGES /* in the place of a message: a frame that makes every stream read again */

/*
 * With TRACE, which fills wanted[], what can be seen happens in that order only: a run of the test of streams is
 * a run of this model if all of it can happen (tests/model/trace). Message 0 is seen, the other one is not.
 */
#ifdef TRACE
mtype = { ANSWERED, HEARD_HELLO, HEARD_RESYNC, HEARD_EVENT, READ_WITH, READ_WITHOUT };
mtype wanted[LENGTH];
byte at = 0;
#define see(what) at < LENGTH && wanted[at] == what -> at++
#else
#define see(what) skip
#endif

mtype = { HELLO, EVENT, RESYNC };

bool committed[MESSAGES]; /* in the table */
bool acked[MESSAGES];	  /* the sender has the answer */
bool shown[MESSAGES];	  /* on the page of the other member */
byte faults = FAULTS;

bool running = false;	  /* the hub of this machine runs */
bool lost = false;	  /* its machine is lost. One that nobody has heard yet is a second fault: pages read all
			     the same after 120 s */
bool unpublished = false; /* live_counters.unpublished is not what the hub has seen last */
bool untold = false;	  /* nor what it has passed on: live_counters.told */
bool passing = false;	  /* live_counters.passing: no hub has ended in order since one began */

chan packets = [1] of { byte };	      /* publish.sock: what the hub has not read yet */
chan stream = [2] of { mtype, byte }; /* to the page, from the hub of its machine */
bool connected = false;		      /* the page has a stream of this generation */

chan queue = [1] of { byte }; /* struct bus: frames that wait for PostgreSQL */
bool bus_open = false;	      /* its connection */
bool gap = false;	      /* a payload was lost, and its number is missing */
bool known = false;	      /* the other hub has heard this one */
bool silent = false;	      /* and hears it no longer */
chan bus = [1] of { byte };   /* what PostgreSQL has for the other hub */

inline fault()
{
	atomic { faults > 0 -> faults-- }
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

inline drain(channel)
{
	do
	:: nempty(channel) -> channel?_
	:: empty(channel) -> break
	od
}

/* conversation_send, of a client that repeats the request until it is answered. */
proctype sender(byte m)
{
again:
	if
	:: lost -> goto done
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
		:: lost -> goto done
		:: running && nfull(packets) -> packets!m; goto published
		:: running && full(packets) -> unpublished = true; untold = true; goto published
		:: !running && !lost -> unpublished = true; untold = true /* publisher_lost */
		fi
	};
notify: /* pass_on: the worker tells the other machines itself */
	if
	:: !FAR
	:: atomic { FAR && nfull(bus) -> bus!m }
	:: atomic { FAR && faults > 0 -> faults-- } /* its connection to PostgreSQL breaks */
	fi;
published:
	if
	:: fault(); goto again /* it dies before it answers */
	:: skip
	fi;
send_response:
	acked[m] = true;
	if
	:: m == 0 -> atomic { see(ANSWERED) }
	:: else
	fi;
done:
	skip
}

/* bus_publish: a frame for the other machines. One that has no room takes a number all the same. */
inline pass_on(m)
{
	if
	:: !FAR
	:: FAR && nfull(queue) -> queue!m
	:: FAR && full(queue) -> gap = true
	fi
}

/* What the hub takes from a worker. */
inline take_packet(m)
{
	packets?m;
	if
	:: !FAR -> send_text(EVENT, m)
	:: FAR
	fi;
	pass_on(m)
}

/* The other hub will not hear this one again: peers_silent. */
inline fall_silent()
{
	silent = silent || known;
	known = false;
	gap = false /* the next hub has numbers of its own */
}

/* The hub is gone, and with it its sockets and what waited in them. */
inline end_hub()
{
	running = false;
	drain(packets);
	drain(queue);
	bus_open = false;
	if
	:: !FAR -> end_stream()
	:: FAR
	fi
}

active proctype live_hub()
{
	byte m;

end:
	do
	:: atomic {
		!running && !lost -> /* main, open_counters, begin_passing */
		running = true;
		unpublished = false;
		if
		:: FAR && (passing || untold) -> pass_on(READ_ALL)
		:: else
		fi;
		untold = false;
		passing = true
	   }
	:: atomic {
		running && nempty(packets) -> /* read_worker, hub_publish */
		take_packet(m);
		m = 0
	   }
	:: atomic {
		running && unpublished -> /* look_for_unpublished, hub_resync */
		unpublished = false;
		untold = false;
		if
		:: !FAR -> send_text(RESYNC, 0)
		:: FAR
		fi;
		pass_on(READ_ALL)
	   }
	:: atomic {
		FAR && running && !bus_open -> /* begin_open, notify */
		bus_open = true
	   }
	:: atomic {
		bus_open && nempty(queue) && nfull(bus) -> /* notify */
		queue?m;
		bus!m;
		m = 0
	   }
	:: atomic {
		bus_open && (!known || gap) && empty(queue) && empty(bus) -> /* heartbeat: peers_hear */
		if
		:: gap -> send_text(RESYNC, 0)
		:: else
		fi;
		gap = false;
		known = true
	   }
	:: atomic {
		bus_open && faults > 0 -> /* fail: with the statement that is on its way */
		faults--;
		bus_open = false;
		if
		:: nempty(queue) -> queue?_; gap = true
		:: skip
		fi
	   }
	:: atomic {
		running && faults > 0 -> /* it is killed */
		faults--;
		if
		:: FAR && known && !untold -> lost = true /* with its machine */
		:: skip
		fi;
		end_hub();
		fall_silent()
	   }
	:: atomic {
		running && faults > 0 -> /* it is stopped: drain_workers, bus_end */
		faults--;
		do
		:: nempty(packets) -> take_packet(m)
		:: empty(packets) -> break
		od;
		m = 0;
		if
		:: FAR && bus_open && !gap && (empty(queue) || empty(bus)) ->
			do
			:: nempty(queue) -> queue?m; bus!m
			:: empty(queue) -> break
			od;
			m = 0;
			passing = false;
			known = false;
			end_hub()
		:: FAR -> end_hub(); fall_silent() /* PostgreSQL takes too long */
		:: !FAR -> passing = false; end_hub()
		fi
	   }
	:: atomic {
		connected && faults > 0 -> /* the reader is slow, or its token expires; far: its hub is killed */
		faults--;
		end_stream()
	   }
	od
}

#if FAR
active proctype other_hub()
{
	byte m;

end:
	do
	:: atomic {
		nempty(bus) -> /* hear, take_frames */
		bus?m;
		if
		:: m == READ_ALL -> send_text(RESYNC, 0)
		:: else -> send_text(EVENT, m)
		fi;
		m = 0
	   }
	:: atomic {
		silent || (known && !bus_open) -> /* peers_silent */
		silent = false;
		known = false;
		send_text(RESYNC, 0)
	   }
	:: atomic {
		faults > 0 -> /* its connection breaks: begin_open */
		faults--;
		drain(bus);
		known = false;
		silent = false;
		send_text(RESYNC, 0) /* missed */
	   }
	od
}
#endif

/* A read of the page: what is committed at this moment. */
inline read_page()
{
	d_step {
		shown[0] = shown[0] || committed[0];
		shown[1] = shown[1] || committed[1]
	};
	if
	:: shown[0] -> atomic { see(READ_WITH) }
	:: else -> atomic { see(READ_WITHOUT) }
	fi
}

active proctype page()
{
	byte m;

end:
	do
	:: atomic {
		!connected && (running || FAR) -> /* hub_open: hello is the first event */
		connected = true;
		stream!HELLO, 0
	   }
	:: stream?HELLO, _ -> atomic { see(HEARD_HELLO) }; read_page()
	:: stream?RESYNC, _ -> atomic { see(HEARD_RESYNC) }; read_page()
	:: atomic {
		stream?EVENT, m ->
		assert(committed[m]);
		shown[m] = true;
		if
		:: m == 0 -> see(HEARD_EVENT)
		:: else
		fi;
		m = 0
	   }
	od
}

init {
	atomic {
#ifdef TRACE
		TRACE
#endif
		run sender(0);
		run sender(1)
	}
}

#ifdef TRACE
active proctype all_seen()
{
	atomic { at == LENGTH -> assert(false) } /* what spin looks for */
}
#else
ltl seen { [] (acked[0] -> <> shown[0]) } /* the messages are alike */
#endif

-- migrate:up

-- The feed of a reader who follows many people, without a look at each of them: sets tell in which spans
-- of time somebody who is followed has written or reposted, and only there somebody is looked for.

-- activities_feed also has the author.
drop index activities_home;

-- A place of a person in the sets: 32,000 people are a group.
alter table users add column feed_number integer generated always as identity;
create unique index users_feed_number on users (feed_number);

create function feed_group(number integer) returns integer
language sql immutable
return number / 32000;

create function feed_place(number integer) returns integer
language sql immutable
return number % 32000;

create function feed_set(number integer) returns bit(32000)
language sql immutable
return set_bit(repeat('0', 32000)::bit(32000), feed_place(number), 1);

-- Spans of time, each with 2,048 entries of all feeds (cruds and reposts), the last one with fewer. Later
-- entries are in none yet.
create table feed_spans (
	number integer primary key,
	after_at timestamptz not null,
	until_at timestamptz not null,
	entries integer not null
);
create index feed_spans_time on feed_spans (after_at);

-- The people who have entries in a span (size 1), in 16 or in 128: in those from size * number on. Somebody
-- may be there whose entries have gone, but nobody is missing. A set is half a page: it is kept in its row,
-- uncompressed.
create table feed_span_sets (
	size integer check (size in (1, 16, 128)),
	number integer,
	people_group integer,
	people bit(32000) not null,
	primary key (size, number, people_group)
) with (toast_tuple_target = 8160);
alter table feed_span_sets alter column people set storage main;

-- Those who follow more than 200 people, with a sieve: bit n is set if somebody who is followed has a uuid
-- that begins with these 16 bits. A bit remains after the end of a follow.
create table feed_readers (
	user_uuid uuid primary key references users on delete cascade,
	sieve bit(65536) not null
);
alter table feed_readers alter column sieve set storage external;

-- Whom they follow: as a set, and as a list of numbers.
create table feed_reader_sets (
	user_uuid uuid references users on delete cascade,
	people_group integer,
	people bit(32000) not null,
	numbers integer[] not null,
	primary key (user_uuid, people_group)
) with (toast_tuple_target = 8160);
alter table feed_reader_sets alter column people set storage main;
alter table feed_reader_sets alter column numbers set storage external;

-- The people whom a reader follows and a span, or several, have in common, in each group.
create view feed_met as
select r.user_uuid, s.size, s.number, people_group, s.people & r.people as people
  from feed_reader_sets r
  join feed_span_sets s using (people_group);

create function feed_sieve_place(person uuid) returns integer
language sql immutable
return get_byte(uuid_send(person), 0) * 256 + get_byte(uuid_send(person), 1);

create function feed_sieve(person uuid) returns bit(65536)
language sql immutable
return set_bit(repeat('0', 65536)::bit(65536), feed_sieve_place(person), 1);

-- Make the sets of a reader who now follows enough people and has none.
create function feed_reader_make(me uuid) returns void
language plpgsql as $$
begin
	if (select following > 200 from follow_counts where user_uuid = me) then
		insert into feed_readers (user_uuid, sieve)
		select me, bit_or(feed_sieve(followed_uuid))
		  from follows
		 where user_uuid = me
		    on conflict do nothing;
		if found then
			insert into feed_reader_sets (user_uuid, people_group, people, numbers)
			select me, feed_group(feed_number), bit_or(feed_set(feed_number)), array_agg(feed_number)
			  from users
			 where uuid in (select followed_uuid from follows where user_uuid = me)
			 group by feed_group(feed_number);
		end if;
	end if;
end
$$;
select feed_reader_make(user_uuid) from follow_counts where following > 200;

-- follows_count, which runs before this, holds the counts of the reader: no two of this run for one reader.
create function follows_feed() returns trigger
language plpgsql as $$
declare
	followed integer;
begin
	if tg_op = 'DELETE' then
		-- A deleted person has no number any more; the place remains.
		followed := (select feed_number from users where uuid = old.followed_uuid);
		update feed_reader_sets
		   set people = set_bit(people, feed_place(followed), 0),
		       numbers = array_remove(numbers, followed)
		 where user_uuid = old.user_uuid
		   and people_group = feed_group(followed);
		return null;
	end if;
	update feed_readers set sieve = sieve | feed_sieve(new.followed_uuid) where user_uuid = new.user_uuid;
	if found then
		insert into feed_reader_sets as mine (user_uuid, people_group, people, numbers)
		select new.user_uuid, feed_group(feed_number), feed_set(feed_number), array[feed_number]
		  from users
		 where uuid = new.followed_uuid
		    on conflict (user_uuid, people_group) do update
		   set people = mine.people | excluded.people,
		       numbers = mine.numbers || excluded.numbers
		 where get_bit(mine.people, feed_place(excluded.numbers[1])) = 0; -- feed_reader_make may have seen it
	else
		perform feed_reader_make(new.user_uuid);
	end if;
	return null;
end
$$;
create trigger follows_feed after insert or delete on follows
	for each row execute function follows_feed();

-- Add people to the sets of a span.
create function feed_span_add(span integer, people uuid[]) returns void
language sql as $$
	insert into feed_span_sets as kept (size, number, people_group, people)
	select size, span / size, feed_group(u.feed_number), bit_or(feed_set(u.feed_number))
	  from users u
	 cross join (values (1), (16), (128)) as sizes (size)
	 where u.uuid = any (people)
	 group by size, feed_group(u.feed_number)
	    on conflict (size, number, people_group) do update
	   set people = kept.people | excluded.people
$$;

-- Note the oldest entries that are in no span yet, 2,048 at most; returns whether there may be more. Those of
-- the last 10 seconds wait: their transactions may not have ended. The job `feed` calls it.
create function feed_advance() returns boolean
language plpgsql as $$
declare
	size constant integer := 2048;
	settled constant timestamptz := clock_timestamp() - interval '10 seconds';
	span feed_spans;
	room integer;
	latest timestamptz;
	noted integer;
begin
	insert into feed_spans
	select 0, '-infinity', '-infinity', 0
	 where not exists (select from feed_spans);
	select * into strict span from feed_spans order by number desc limit 1 for update;
	if span.entries >= size then
		span := row(span.number + 1, span.until_at, span.until_at, 0);
	end if;
	room := size - span.entries;
	select count(*), max(created_at)
	  into noted, latest
	  from ((select created_at
	           from activities
	          where not is_reply
	            and created_at > span.until_at
	            and created_at <= settled
	          order by created_at
	          limit room)
	         union all
	        (select created_at
	           from reposts
	          where created_at > span.until_at
	            and created_at <= settled
	          order by created_at
	          limit room)
	         order by created_at
	         limit room) as entry;
	if noted < room then
		latest := settled;
	end if;
	insert into feed_spans
	values (span.number, span.after_at, latest, span.entries + noted)
	    on conflict (number) do update
	   set until_at = excluded.until_at,
	       entries = excluded.entries;
	-- Entries of one moment are in one span.
	perform feed_span_add(span.number, array(
		select user_uuid
		  from activities
		 where not is_reply
		   and created_at > span.until_at
		   and created_at <= latest
		 union
		select user_uuid
		  from reposts
		 where created_at > span.until_at
		   and created_at <= latest));
	-- Entries of a month ago have expired. 128 spans go together.
	delete from feed_spans
	 where number < (select number / 128 * 128
	                   from feed_spans
	                  where until_at > now() - interval '31 days'
	                  order by number
	                  limit 1);
	if found then
		delete from feed_span_sets as kept
		 where kept.number < (select min(number) from feed_spans) / kept.size;
	end if;
	return noted = room;
end
$$;

-- An entry of a time whose span is there already: of a transaction that takes long, or of an operator's
-- statement. The last span is locked: feed_advance waits for this entry, or this
-- trigger for the span.
create function feed_late() returns trigger
language plpgsql as $$
declare
	span integer;
begin
	perform from feed_spans order by number desc limit 1 for update;
	select number into span
	  from feed_spans
	 where after_at < new.created_at
	   and until_at >= new.created_at;
	if found then
		perform feed_span_add(span, array[new.user_uuid]);
	end if;
	return null;
end
$$;
create trigger activities_feed_late after insert on activities
	for each row when (not new.is_reply and new.created_at < clock_timestamp() - interval '2 seconds')
	execute function feed_late();
create trigger reposts_feed_late after insert on reposts
	for each row when (new.created_at < clock_timestamp() - interval '2 seconds')
	execute function feed_late();

-- The newest entries of `people` after a time and below a position, at most `most`: a crud at its own time,
-- and a repost.
create function feed_entries_of(people uuid[], after_time timestamptz, before_at timestamptz, before_uuid uuid,
				most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language sql stable rows 30 as $$
	select own.*
	  from unnest(people) as person
	 cross join lateral ((select a.created_at, a.uuid, null::uuid
	                        from activities a
	                       where a.user_uuid = person
	                         and not a.is_reply
	                         and a.expires_at > now()
	                         and (a.created_at, a.uuid) < (before_at, before_uuid)
	                         and a.created_at > after_time
	                       order by a.created_at desc, a.uuid desc
	                       limit most)
	                      union all
	                     (select r.created_at, r.activity_uuid, person
	                        from reposts r
	                       where r.user_uuid = person
	                         and (r.created_at, r.activity_uuid) < (before_at, before_uuid)
	                         and r.created_at > after_time
	                       order by r.created_at desc, r.activity_uuid desc
	                       limit most)) as own
	 order by 1 desc, 2 desc
	 limit most
$$;

-- The same without a first time, for few people: those after `hour`, if they are not enough those after `day`,
-- and then the others. PostgreSQL reads a page of an index to its end or to the first time, so the people
-- who wrote most in the last hour would cost most.
create function feed_entries_of_few(people uuid[], hour timestamptz, day timestamptz, before_at timestamptz,
				    before_uuid uuid, most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language sql stable rows 30 as $$
	with of_hour as materialized (
		select * from feed_entries_of(people, hour, before_at, before_uuid, most)
	), of_day as materialized (
		select older.*
		  from (select count(*)::integer as given from of_hour offset 0) as newer
		 cross join lateral feed_entries_of(people, day, hour, 'ffffffff-ffff-ffff-ffff-ffffffffffff',
		                                    most - given) as older
		 where given < most
	), others as (
		select older.*
		  from (select ((select count(*) from of_hour) + (select count(*) from of_day))::integer as given
		        offset 0) as newer
		 cross join lateral feed_entries_of(people, '-infinity', day, 'ffffffff-ffff-ffff-ffff-ffffffffffff',
		                                    most - given) as older
		 where given < most
	)
	select * from of_hour union all select * from of_day union all select * from others
$$;

-- The same for those whom `me` follows: the entries of everybody are looked through, from the
-- newest on. The sieve leaves out most of those of others without a look at follows.
create function feed_entries_among_all(me uuid, after_time timestamptz, before_at timestamptz, before_uuid uuid,
				       most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language plpgsql stable rows 30 set plan_cache_mode = force_generic_plan as $$
declare
	-- The shift by nothing reads it from its table once, instead of for each entry.
	mine constant bit(65536) := (select sieve << 0 from feed_readers where user_uuid = me);
begin
	return query
	select *
	  from ((select a.created_at, a.uuid, null::uuid
	           from activities a
	          where not a.is_reply
	            and a.expires_at > now()
	            and (a.created_at, a.uuid) < (before_at, before_uuid)
	            and a.created_at > after_time
	            and get_bit(mine, feed_sieve_place(a.user_uuid)) = 1
	            and (select count(*) > 0 from follows
		          where user_uuid = me and followed_uuid = a.user_uuid)
	          order by a.created_at desc, a.uuid desc
	          limit most)
	         union all
	        (select r.created_at, r.activity_uuid, r.user_uuid
	           from reposts r
	          where (r.created_at, r.activity_uuid) < (before_at, before_uuid)
	            and r.created_at > after_time
	            and get_bit(mine, feed_sieve_place(r.user_uuid)) = 1
	            and (select count(*) > 0 from follows
		          where user_uuid = me and followed_uuid = r.user_uuid)
	          order by r.created_at desc, r.activity_uuid desc
	          limit most)) as entries
	 order by 1 desc, 2 desc
	 limit most;
end
$$;

-- Those of `me`'s people who are in these sets of 16 spans.
create function feed_people_in(me uuid, sixteens integer[]) returns uuid[]
language sql stable set plan_cache_mode = force_generic_plan as $$
	select array(
		select u.uuid
		  from (select people_group, bit_or(people) as met
		          from feed_met
		         where user_uuid = me
		           and size = 16
		           and number = any (sixteens)
		         group by people_group
		        having bit_count(bit_or(people)) > 0) as one
		  join feed_reader_sets mine on mine.user_uuid = me and mine.people_group = one.people_group
		 cross join unnest(mine.numbers) as place
		  join users u on u.feed_number = place
		 where get_bit(met, feed_place(place)) = 1)
$$;

-- The same for all whom `me`, who is in feed_readers, follows. The feed of many people is made of: what is in
-- no span yet, which is looked through, as it is of the last minute; spans with few of them, who are looked up;
-- spans with many, which are looked through. Spans with nobody are left out.
create function feed_entries_of_followed(me uuid, before_at timestamptz, before_uuid uuid, most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language plpgsql stable rows 30 set plan_cache_mode = force_generic_plan as $$
declare
	many constant integer := 120; -- people: to look them up costs as much as to look through 16 spans
	long constant integer := 8192; -- entries that are in no span, when the job has not run
	last_uuid constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
	people uuid[];
	noted_until timestamptz;
	given integer;
	sixteens_met cursor for
		select first.number / 16 as number, first.after_at, met.members
		  from (select number
		          from feed_spans
		         where number % 128 = 0
		           and after_at < before_at
		         order by number desc) as many_spans
		 cross join lateral (select number, after_at
		                       from feed_spans
		                      where number between many_spans.number and many_spans.number + 127
		                        and number % 16 = 0
		                        and after_at < before_at
		                        and (select count(*) > 0
		                               from feed_met
		                              where user_uuid = me
		                                and size = 128
		                                and feed_met.number = many_spans.number / 128
		                                and bit_count(feed_met.people) > 0)
		                      order by number desc) as first
		 cross join lateral (select sum(bit_count(feed_met.people)) as members
		                       from feed_met
		                      where user_uuid = me
		                        and size = 16
		                        and feed_met.number = first.number / 16) as met
		 where met.members > 0; -- in the order of both: what is lateral is looked up row by row
	spans_met cursor (spans integer) for
		select one.after_at, one.until_at
		  from feed_spans one
		 where one.number between 16 * spans and 16 * spans + 15
		   and one.after_at < before_at
		   and (select count(*) > 0
		          from feed_met
		         where user_uuid = me
		           and size = 1
		           and feed_met.number = one.number
		           and bit_count(feed_met.people) > 0)
		 order by one.number desc;
	sixteen record;
	span record;
	at_end boolean;
	few integer[] := '{}'; -- the spans with few, and how many people they have
	members bigint := 0;
	few_after timestamptz;
begin
	noted_until := coalesce((select until_at from feed_spans order by number desc limit 1), '-infinity');
	if noted_until < before_at then
		if exists (select from activities
		            where not is_reply and created_at > noted_until and created_at <= before_at
		            offset long)
		   or exists (select from reposts
		               where created_at > noted_until and created_at <= before_at
		              offset long) then
			people := array(select followed_uuid from follows where user_uuid = me);
			return query select * from feed_entries_of(people, noted_until, before_at, before_uuid, most);
		else
			return query select * from feed_entries_among_all(me, noted_until, before_at, before_uuid, most);
		end if;
		get diagnostics given = row_count;
		most := most - given;
		before_at := noted_until;
		before_uuid := last_uuid;
	end if;
	if most <= 0 then
		return;
	end if;

	open sixteens_met;
	loop
		fetch sixteens_met into sixteen;
		at_end := not found;
		if cardinality(few) > 0 and (at_end or members >= most or sixteen.members > many) then
			people := feed_people_in(me, few);
			return query select * from feed_entries_of(people, few_after, before_at, before_uuid, most);
			get diagnostics given = row_count;
			most := most - given;
			before_at := few_after;
			before_uuid := last_uuid;
			few := '{}';
			members := 0;
		end if;
		exit when at_end or most <= 0;
		if sixteen.members <= many then
			few := few || sixteen.number;
			members := members + sixteen.members;
			few_after := sixteen.after_at;
			continue;
		end if;
		open spans_met(sixteen.number);
		loop
			fetch spans_met into span;
			exit when not found;
			if span.until_at < before_at then
				before_at := span.until_at;
				before_uuid := last_uuid;
			end if;
			return query
			select * from feed_entries_among_all(me, span.after_at, before_at, before_uuid, most);
			get diagnostics given = row_count;
			most := most - given;
			exit when most <= 0;
			before_at := span.after_at;
			before_uuid := last_uuid;
		end loop;
		close spans_met;
		exit when most <= 0;
		before_at := sixteen.after_at;
		before_uuid := last_uuid;
	end loop;
	close sixteens_met;
end
$$;

-- The newest entries of the feed of `me` below a position, at most `most`, for
-- sql/queries/activities/following.sql: those of followed people, and the cruds of `me`.
create or replace function feed_entries(me uuid, before_at timestamptz, before_uuid uuid, most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language sql stable rows 30 as $$
	select *
	  from ((select a.created_at, a.uuid, null::uuid
	           from activities a
	          where a.user_uuid = me
	            and not a.is_reply
	            and a.expires_at > now()
	            and (a.created_at, a.uuid) < (before_at, before_uuid)
	          order by a.created_at desc, a.uuid desc
	          limit most)
	         union all
	        select few.*
	          from (select array(select followed_uuid from follows where user_uuid = me) as people,
	                       least(before_at, now()) - interval '1 hour' as hour,
	                       least(before_at, now()) - interval '24 hours' as day
	                 where not exists (select from feed_readers where user_uuid = me)
	                offset 0) as reader -- once, not for each look into an index
	         cross join lateral feed_entries_of_few(people, hour, day, before_at, before_uuid, most) as few
	         union all
	        select *
	          from feed_entries_of_followed(me, before_at, before_uuid, most)
	         where exists (select from feed_readers where user_uuid = me)) as entries
	 order by 1 desc, 2 desc
	 limit most
$$;

-- migrate:down
drop trigger activities_feed_late on activities;
drop trigger reposts_feed_late on reposts;
drop trigger follows_feed on follows;
drop function follows_feed, feed_late, feed_advance, feed_span_add, feed_reader_make, feed_entries,
	feed_entries_of_followed, feed_entries_of_few, feed_entries_of, feed_entries_among_all, feed_people_in;
drop view feed_met;
drop table feed_spans, feed_span_sets, feed_readers, feed_reader_sets;
drop function feed_sieve, feed_sieve_place, feed_set, feed_place, feed_group;
alter table users drop column feed_number;
create index activities_home on activities (created_at desc, uuid desc) include (expires_at)
	where not is_reply;

create or replace function feed_entries(me uuid, before_at timestamptz, before_uuid uuid, most integer)
returns table (entry_at timestamptz, crud_uuid uuid, reposter_uuid uuid)
language plpgsql stable rows 30 as $$
declare
	few constant integer := 200; -- people; looking through the newest entries costs as much
	width integer;
begin
	if (select following > few from follow_counts where user_uuid = me) then
		foreach width in array array[100, 1000] loop
			return query
			with newest_cruds as materialized (
				select a.created_at, a.uuid, a.user_uuid
				  from activities a
				 where not a.is_reply
				   and a.expires_at > now()
				   and (a.created_at, a.uuid) < (before_at, before_uuid)
				 order by a.created_at desc, a.uuid desc
				 limit width
			), newest_reposts as materialized (
				select r.created_at, r.activity_uuid, r.user_uuid
				  from reposts r
				 where (r.created_at, r.activity_uuid) < (before_at, before_uuid)
				 order by r.created_at desc, r.activity_uuid desc
				 limit width
			), complete as ( -- the time after which no entry is missing
				select greatest(
					(select min(created_at) from newest_cruds having count(*) = width),
					(select min(created_at) from newest_reposts having count(*) = width),
					'-infinity') as after
			), entries as (
				select created_at, uuid, null::uuid
				  from newest_cruds
				 where created_at > (select after from complete)
				   and (user_uuid = me
					or (select count(*) > 0 from follows
					     where user_uuid = me and followed_uuid = newest_cruds.user_uuid))
				 union all
				select created_at, activity_uuid, user_uuid
				  from newest_reposts
				 where created_at > (select after from complete)
				   and (select count(*) > 0 from follows
					 where user_uuid = me and followed_uuid = newest_reposts.user_uuid)
			)
			select *
			  from entries
			 where (select count(*) from entries) >= most
			 order by 1 desc, 2 desc
			 limit most;
			if found then
				return;
			end if;
		end loop;
	end if;
	return query
	select *
	  from ((select own.created_at, own.uuid, null::uuid
	           from (select followed_uuid as uuid from follows where user_uuid = me
	                  union all
	                 select me) as person
	          cross join lateral (select a.created_at, a.uuid
	                                from activities a
	                               where a.user_uuid = person.uuid
	                                 and not a.is_reply
	                                 and a.expires_at > now()
	                                 and (a.created_at, a.uuid) < (before_at, before_uuid)
	                               order by a.created_at desc, a.uuid desc
	                               limit most) as own
	          order by 1 desc, 2 desc
	          limit most)
	         union all
	        (select own.created_at, own.activity_uuid, followed_uuid
	           from follows
	          cross join lateral (select r.created_at, r.activity_uuid
	                                from reposts r
	                               where r.user_uuid = followed_uuid
	                                 and (r.created_at, r.activity_uuid) < (before_at, before_uuid)
	                               order by r.created_at desc, r.activity_uuid desc
	                               limit most) as own
	          where follows.user_uuid = me
	          order by 1 desc, 2 desc
	          limit most)) as entries
	 order by 1 desc, 2 desc
	 limit most;
end
$$;

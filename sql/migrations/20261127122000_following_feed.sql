-- migrate:up

-- For the feed of followed people: the reposts of a person, all reposts, those of a crud, by their time.
create index reposts_reposter on reposts (user_uuid, created_at desc, activity_uuid desc);
create index reposts_newest on reposts (created_at desc, activity_uuid desc) include (user_uuid);
create index reposts_first on reposts (activity_uuid, created_at, user_uuid);
drop index reposts_user; -- reposts_reposter begins with its column

-- The newest entries for the feed of `me` below a position, at most `most`: the cruds of followed people
-- and of `me` at their own time, and reposts by followed people, which sql/queries/activities/following.sql
-- chooses from. Entries of few people are looked up person by person. For many people, the newest entries
-- of everybody are looked through first, as most of the time enough of them are theirs.
create function feed_entries(me uuid, before_at timestamptz, before_uuid uuid, most integer)
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

-- migrate:down
drop function feed_entries;
create index reposts_user on reposts (user_uuid);
drop index reposts_first, reposts_newest, reposts_reposter;

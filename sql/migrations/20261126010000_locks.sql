-- migrate:up

-- Likes and reposts that were taken back, with the time when their receivers were notified of them.
-- For a day, the same act by the same person notifies nobody again. bin/db/purge-expired deletes
-- older rows.
create table notifications_withdrawn (
	activity_uuid uuid references activities on delete cascade,
	kind text check (kind in ('like', 'repost')),
	actor_uuid uuid references users on delete cascade,
	created_at timestamptz not null,
	primary key (activity_uuid, kind, actor_uuid)
);
create index notifications_withdrawn_actor on notifications_withdrawn (actor_uuid);
create index notifications_withdrawn_age on notifications_withdrawn (created_at);

-- Every statement locks people first, then cruds, a crud before its replies. The deletion of a
-- person cascades to cruds in any order, so it first locks all of them in this order: those that
-- the person wrote, liked, reposted or is notified of, with all cruds that these reply to. As the
-- row of the person is locked already, no more of them can be added.
create function users_lock_cruds() returns trigger
language plpgsql as $$
begin
	perform
	   from (with recursive concerned (uuid) as (
			(select uuid from activities where user_uuid = old.uuid
			  union all
			 select activity_uuid from likes where user_uuid = old.uuid
			  union all
			 select activity_uuid from reposts where user_uuid = old.uuid
			  union all
			 select activity_uuid from notifications
			  where user_uuid = old.uuid or actor_uuid = old.uuid
			  union all
			 select activity_uuid from notifications_withdrawn where actor_uuid = old.uuid)
			  union
			 select a.reply_to_activity_uuid
			   from concerned c
			   join activities a using (uuid)
			  where a.reply_to_activity_uuid is not null
		), placed (uuid, depth) as (
			select a.uuid, 0
			  from concerned c
			  join activities a using (uuid)
			 where a.reply_to_activity_uuid is null
			 union all
			select a.uuid, placed.depth + 1
			  from placed
			  join activities a on a.reply_to_activity_uuid = placed.uuid
			  join concerned c on c.uuid = a.uuid
		)
		select uuid, depth from placed) as place
	   join activities a using (uuid)
	  order by place.depth, a.uuid
	    for update of a;
	return old;
end
$$;
create trigger users_lock_cruds before delete on users
	for each row execute function users_lock_cruds();

-- A row that a transaction updates twice, as for two counters, is checked for its references again:
-- the cascade may lock the authors of those cruds. So people are deleted one at a time.
create function users_delete_alone() returns trigger
language plpgsql as $$
begin
	perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
	return null;
end
$$;
create trigger users_delete_alone before delete on users
	for each statement execute function users_delete_alone();

-- migrate:down
drop trigger users_lock_cruds on users;
drop trigger users_delete_alone on users;
drop function users_lock_cruds, users_delete_alone;
drop table notifications_withdrawn;

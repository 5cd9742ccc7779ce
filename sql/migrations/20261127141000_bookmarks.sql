-- migrate:up

-- A person keeps a crud for later; nobody else sees that. It ends with the crud.
create table bookmarks (
	user_uuid uuid references users on delete cascade,
	activity_uuid uuid references activities on delete cascade,
	created_at timestamptz not null default clock_timestamp(),
	primary key (user_uuid, activity_uuid)
);
create index bookmarks_newest on bookmarks (user_uuid, created_at desc, activity_uuid desc);
create index bookmarks_crud on bookmarks (activity_uuid);

-- Lock cruds, with all that they reply to; a crud before its replies.
create function cruds_lock(cruds uuid[]) returns void
language plpgsql as $$
begin
	perform
	   from (with recursive concerned (uuid) as (
			select unnest(cruds)
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
end
$$;

-- As before, with the cruds that the person has bookmarked.
create or replace function person_lock_cruds(person uuid) returns void
language plpgsql as $$
begin
	perform cruds_lock(array(
		select uuid from activities where user_uuid = person
		 union all
		select activity_uuid from likes where user_uuid = person
		 union all
		select activity_uuid from reposts where user_uuid = person
		 union all
		select activity_uuid from bookmarks where user_uuid = person
		 union all
		select activity_uuid from notifications
		 where user_uuid = person or actor_uuid = person
		 union all
		select activity_uuid from notifications_withdrawn where actor_uuid = person));
end
$$;

-- migrate:down
create or replace function person_lock_cruds(person uuid) returns void
language plpgsql as $$
begin
	perform
	   from (with recursive concerned (uuid) as (
			(select uuid from activities where user_uuid = person
			  union all
			 select activity_uuid from likes where user_uuid = person
			  union all
			 select activity_uuid from reposts where user_uuid = person
			  union all
			 select activity_uuid from notifications
			  where user_uuid = person or actor_uuid = person
			  union all
			 select activity_uuid from notifications_withdrawn where actor_uuid = person)
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
end
$$;
drop function cruds_lock;
drop table bookmarks;

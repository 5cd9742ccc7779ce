-- migrate:up

-- When a moderator has suspended the person; null: not suspended.
alter table users add column suspended_at timestamptz;

-- A suspended person's cruds, and what they told others, count as expired; held_until is when they
-- really expire. So no list, search or count has to know of suspensions.
alter table activities add column held_until timestamptz;
alter table notifications add column held_until timestamptz;

-- Lock all cruds that concern a person whose row is locked already: those that the person wrote,
-- liked, reposted or is notified of, with all cruds that these reply to; a crud before its replies.
-- As the row is locked, no more of them can be added.
create function person_lock_cruds(person uuid) returns void
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

create or replace function users_lock_cruds() returns trigger
language plpgsql as $$
begin
	perform person_lock_cruds(old.uuid);
	return old;
end
$$;

-- Suspend the person with this handle, or end the suspension. Returns the person; null when nobody has
-- the handle. A deletion of a person and this take turns, because both lock many cruds.
create function person_set_suspended(person_handle text, suspended boolean) returns uuid
language plpgsql as $$
declare
	person uuid;
begin
	perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
	-- not just `for no key update`: a request of the person that writes waits for this
	select uuid into person from users where lower(handle) = lower(person_handle) for update;
	perform person_lock_cruds(person);
	if suspended then
		update users set suspended_at = now()
		 where uuid = person and suspended_at is null;
		update activities set held_until = expires_at, expires_at = '-infinity'
		 where user_uuid = person and expires_at > now();
		update notifications set held_until = expires_at, expires_at = '-infinity'
		 where actor_uuid = person and expires_at > now();
	else
		update users set suspended_at = null
		 where uuid = person and suspended_at is not null;
		update activities set expires_at = held_until, held_until = null
		 where user_uuid = person and held_until is not null;
		update notifications set expires_at = held_until, held_until = null
		 where actor_uuid = person and held_until is not null;
	end if;
	return person;
end
$$;

-- migrate:down
update activities set expires_at = held_until where held_until is not null;
update notifications set expires_at = held_until where held_until is not null;
drop function person_set_suspended;
create or replace function users_lock_cruds() returns trigger
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
drop function person_lock_cruds;
alter table notifications drop column held_until;
alter table activities drop column held_until;
alter table users drop column suspended_at;

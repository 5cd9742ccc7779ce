-- migrate:up

-- Blocks and mutes, as one of the two people sees them. A block has a row for each of the two, so that a
-- statement finds with one key whether somebody is hidden from its reader: any row hides them from
-- feeds and notifications, a `closed` one from everything.
create table barriers (
	user_uuid uuid references users on delete cascade,
	other_uuid uuid references users on delete cascade check (other_uuid <> user_uuid),
	blocks_since timestamptz, -- the user blocks the other
	blocked_since timestamptz, -- the other blocks the user
	mutes_since timestamptz, -- the user mutes the other
	closed boolean not null generated always as (blocks_since is not null or blocked_since is not null) stored,
	primary key (user_uuid, other_uuid)
);
create index barriers_other on barriers (other_uuid, user_uuid);
create index barriers_blocks on barriers (user_uuid, blocks_since desc, other_uuid desc)
	where blocks_since is not null;
create index barriers_mutes on barriers (user_uuid, mutes_since desc, other_uuid desc)
	where mutes_since is not null;

-- Whether either of two people blocks the other; whether `user_uuid` does not want to hear of the other.
-- Statements that write ask this after they have locked both people; a volatile function sees what was
-- committed while they waited for that.
create function barrier_closed(one uuid, another uuid) returns boolean
language plpgsql volatile as $$
begin
	return exists (select from barriers where user_uuid = one and other_uuid = another and closed);
end
$$;
create function barrier_hides(one uuid, another uuid) returns boolean
language plpgsql volatile as $$
begin
	return exists (select from barriers where user_uuid = one and other_uuid = another);
end
$$;

-- `me` blocks the person with this handle, or no longer; a block ends both follows. Nothing happens when
-- that person does not exist, is suspended, or is `me`. All statements that concern two people lock both
-- for key share, so one lock for update is enough to wait for them and to make them wait. A deletion of a
-- person and this take turns, because both lock rows of several people.
create function person_set_blocking(me uuid, person_handle text, blocking boolean) returns void
language plpgsql as $$
declare
	person uuid;
	found_both boolean;
begin
	select uuid into person from users where lower(handle) = lower(person_handle) and suspended_at is null;
	if person is null or person = me then
		return;
	end if;
	perform pg_advisory_xact_lock_shared(hashtext('users_delete_alone'));
	perform from users where uuid = least(me, person) for update;
	found_both := found;
	perform from users where uuid = greatest(me, person) for key share;
	if not (found_both and found) then
		return;
	end if;
	perform from barriers
	  where (user_uuid, other_uuid) in ((me, person), (person, me))
	  order by user_uuid
	    for update;
	if blocking then
		insert into barriers (user_uuid, other_uuid, blocks_since, blocked_since)
		values (me, person, now(), null), (person, me, null, now())
		    on conflict (user_uuid, other_uuid) do update
		   set blocks_since = coalesce(barriers.blocks_since, excluded.blocks_since),
		       blocked_since = coalesce(barriers.blocked_since, excluded.blocked_since);
		delete from follows
		 where user_uuid in (me, person)
		   and followed_uuid in (me, person);
	else
		update barriers set blocks_since = null where user_uuid = me and other_uuid = person;
		update barriers set blocked_since = null where user_uuid = person and other_uuid = me;
		delete from barriers
		 where (user_uuid, other_uuid) in ((me, person), (person, me))
		   and not closed
		   and mutes_since is null;
	end if;
end
$$;

-- The author of a crud, for statements that ask whether they are hidden.
create or replace view cruds as
select a.uuid, u.display_name, u.handle, a.message, a.replies_count, a.reposts_count, a.likes_count,
       a.reply_to_activity_uuid,
       (extract(epoch from a.expires_at) * 1000000)::bigint as expires_us,
       (extract(epoch from a.created_at) * 1000000)::bigint as created_us,
       a.user_uuid
  from activities a
  join users u on u.uuid = a.user_uuid
 where a.expires_at > now();

-- migrate:down
drop view cruds;
create view cruds as
select a.uuid, u.display_name, u.handle, a.message, a.replies_count, a.reposts_count, a.likes_count,
       a.reply_to_activity_uuid,
       (extract(epoch from a.expires_at) * 1000000)::bigint as expires_us,
       (extract(epoch from a.created_at) * 1000000)::bigint as created_us
  from activities a
  join users u on u.uuid = a.user_uuid
 where a.expires_at > now();
drop function person_set_blocking, barrier_hides, barrier_closed;
drop table barriers;

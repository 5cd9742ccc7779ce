-- migrate:up

-- When the person, or an operator, has deleted the account. The row stays until the erasure has come to
-- it; until then the person is hidden as a suspended one is, and cannot come back.
alter table users add column deleted_at timestamptz;

-- A secret of this database: without it, nobody finds the handle of a digest by trying all handles.
create table erasure_key (
	one boolean primary key default true check (one),
	secret uuid not null default gen_random_uuid()
);
insert into erasure_key default values;

create function handle_digest(handle text) returns bytea
language sql stable
return sha256(convert_to((select secret::text from erasure_key) || handle_skeleton(handle), 'UTF8'));

-- The handles of deleted people, which nobody can take for 90 days.
create table erased_handles (
	digest bytea primary key,
	erased_at timestamptz not null default now()
);
create index erased_handles_age on erased_handles (erased_at);

-- Their accounts, SHA-256 of the subject: tokens of them are refused for 30 days.
create table erased_subjects (
	digest bytea primary key,
	erased_at timestamptz not null default now()
);
create index erased_subjects_age on erased_subjects (erased_at);

-- The journal of erasures: the next step of each. Of one that has ended only the uuid and the times
-- remain; bin/ddb/check recognises by them whose messages are tombstones.
create table erasures (
	user_uuid uuid primary key,
	subject text, -- of the account that has to be deleted
	step text not null default 'messages' check (step in ('messages', 'rows', 'account', 'done')),
	begun_at timestamptz not null default now(),
	finished_at timestamptz
);
create index erasures_open on erasures (user_uuid) where finished_at is null;

-- Exports that people have asked for. bin/jobs writes them in parts, and deletes them a day later.
create table exports (
	user_uuid uuid primary key references users on delete cascade,
	requested_at timestamptz not null default now(),
	ready_at timestamptz
);
create index exports_waiting on exports (requested_at, user_uuid) where ready_at is null;
create index exports_ready on exports (ready_at);
create table export_parts (
	user_uuid uuid references exports on delete cascade,
	number integer,
	lines text not null,
	primary key (user_uuid, number)
);

-- For the export: what a person likes, newest first.
create index likes_liker on likes (user_uuid, created_at desc, activity_uuid desc);
drop index likes_user; -- likes_liker begins with its column

-- A time as the API writes it.
create function api_time(at timestamptz) returns text
language sql stable parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');

-- Nobody can take the handle of somebody who was deleted less than 90 days ago, nor one that looks like
-- it. The insertion waits for the end of a deletion, then sees what it has left.
create or replace function users_keep_skeleton() returns trigger
language plpgsql as $$
begin
	if tg_op <> 'INSERT' then
		delete from handle_skeletons
		 where skeleton = handle_skeleton(old.handle) and people = 1;
		if not found then
			update handle_skeletons set people = people - 1
			 where skeleton = handle_skeleton(old.handle);
		end if;
	end if;
	if tg_op <> 'DELETE' then
		insert into handle_skeletons (skeleton) values (handle_skeleton(new.handle));
		if exists (select from erased_handles
		            where digest = handle_digest(new.handle)
		              and erased_at > now() - interval '90 days') then
			raise unique_violation using message = 'this handle belonged to a deleted person';
		end if;
	end if;
	return null;
end
$$;

-- As before, but the suspension of a deleted person does not end.
create or replace function person_set_suspended(person_handle text, suspended boolean) returns uuid
language plpgsql as $$
declare
	person uuid;
	deleted timestamptz;
begin
	perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
	-- not just `for no key update`: a request of the person that writes waits for this
	select uuid, deleted_at into person, deleted
	  from users
	 where lower(handle) = lower(person_handle)
	   for update;
	if deleted is not null and not suspended then
		return null;
	end if;
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

-- Begin the erasure of a person: from now on they are hidden, their account leads to nobody, and their
-- handle cannot be taken. Beginning it again changes nothing. Returns the person; null when there is no
-- such person.
create function erasure_begin(person uuid) returns uuid
language plpgsql as $$
declare
	person_handle text;
	account text;
	deleted timestamptz;
begin
	perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
	select handle, cognito_user_id, deleted_at into person_handle, account, deleted
	  from users
	 where uuid = person
	   for update;
	if not found or deleted is not null then
		return case when found then person end;
	end if;
	perform person_set_suspended(person_handle, true);
	update users set deleted_at = now(), cognito_user_id = null, email = null where uuid = person;
	-- There is one already when a backup has brought an erased person back.
	insert into erasures (user_uuid, subject) values (person, account)
	    on conflict (user_uuid) do update
	   set subject = coalesce(excluded.subject, erasures.subject), step = 'messages',
	       begun_at = now(), finished_at = null;
	insert into erased_handles (digest) values (handle_digest(person_handle))
	    on conflict (digest) do update set erased_at = now();
	if account is not null then
		insert into erased_subjects (digest) values (sha256(convert_to(account, 'UTF8')))
		    on conflict (digest) do update set erased_at = now();
	end if;
	return person;
end
$$;

-- Delete what a person has written and done, at most `most` rows of it at a time; in the end the person.
-- Nothing happens to somebody whose erasure has not begun. Returns whether there is more to delete.
create function erasure_delete(person uuid, most integer) returns boolean
language plpgsql as $$
declare
	found_uuids uuid[];
begin
	perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
	perform from users where uuid = person and deleted_at is not null for update;
	if not found then
		return false;
	end if;

	found_uuids := array(select uuid from activities where user_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from activities where uuid = any (found_uuids) and user_uuid = person;
		return true;
	end if;
	found_uuids := array(select activity_uuid from likes where user_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from likes where user_uuid = person and activity_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select activity_uuid from reposts where user_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from reposts where user_uuid = person and activity_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select activity_uuid from bookmarks where user_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from bookmarks where user_uuid = person and activity_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select activity_uuid from notifications
	                      where actor_uuid = person and activity_uuid is not null limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from notifications where actor_uuid = person and activity_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select activity_uuid from notifications
	                      where user_uuid = person and activity_uuid is not null limit most);
	if cardinality(found_uuids) > 0 then
		perform cruds_lock(found_uuids);
		delete from notifications where user_uuid = person and activity_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select uuid from notifications
	                      where actor_uuid = person and kind = 'follow' limit most);
	if cardinality(found_uuids) > 0 then
		delete from notifications where uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select uuid from notifications
	                      where user_uuid = person and kind = 'follow' limit most);
	if cardinality(found_uuids) > 0 then
		delete from notifications where uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select followed_uuid from follows where user_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform from follow_counts
		  where user_uuid = any (found_uuids || person)
		  order by user_uuid
		    for update;
		delete from follows where user_uuid = person and followed_uuid = any (found_uuids);
		return true;
	end if;
	found_uuids := array(select user_uuid from follows where followed_uuid = person limit most);
	if cardinality(found_uuids) > 0 then
		perform from follow_counts
		  where user_uuid = any (found_uuids || person)
		  order by user_uuid
		    for update;
		delete from follows where followed_uuid = person and user_uuid = any (found_uuids);
		return true;
	end if;

	-- The rest is little, and goes by cascades.
	delete from quota_uses where user_uuid = person;
	delete from users where uuid = person;
	return false;
end
$$;

-- migrate:down
drop function erasure_delete, erasure_begin;
create or replace function person_set_suspended(person_handle text, suspended boolean) returns uuid
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
create or replace function users_keep_skeleton() returns trigger
language plpgsql as $$
begin
	if tg_op <> 'INSERT' then
		delete from handle_skeletons
		 where skeleton = handle_skeleton(old.handle) and people = 1;
		if not found then
			update handle_skeletons set people = people - 1
			 where skeleton = handle_skeleton(old.handle);
		end if;
	end if;
	if tg_op <> 'DELETE' then
		insert into handle_skeletons (skeleton) values (handle_skeleton(new.handle));
	end if;
	return null;
end
$$;
drop function api_time;
create index likes_user on likes (user_uuid);
drop index likes_liker;
drop table export_parts, exports, erasures, erased_subjects, erased_handles;
drop function handle_digest;
drop table erasure_key;
alter table users drop column deleted_at;

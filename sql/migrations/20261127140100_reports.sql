-- migrate:up

-- Reports to the moderators. `thing` names the thing that is reported, once for each reporter:
-- crud:UUID, message:CONVERSATION:UUID, conversation:UUID or person:UUID. Cruds and messages end, so
-- nothing here refers to them. A deletion of a person leaves the report without that person.
create table reports (
	uuid uuid primary key default gen_random_uuid(),
	reporter_uuid uuid references users on delete set null,
	reported_uuid uuid references users on delete set null,
	kind text not null check (kind in ('crud', 'message', 'conversation', 'person')),
	thing text not null,
	activity_uuid uuid,
	message_group_uuid uuid,
	message_uuid uuid,
	reason text not null check (reason in ('spam', 'harassment', 'impersonation', 'illegal', 'other')),
	note text,
	created_at timestamptz not null default now(),
	-- a request that removes a message has it for itself until then
	claimed_until timestamptz,
	resolved_at timestamptz,
	resolver_uuid uuid, -- a moderator; not a reference, so that deleting one changes no report
	action text check (action in ('dismiss', 'remove', 'suspend')),
	action_note text,
	purged_at timestamptz, -- since when there are neither copies nor notes
	unique (reporter_uuid, thing),
	check ((resolved_at is null) = (action is null))
);
create index reports_reported on reports (reported_uuid);
create index reports_open on reports (created_at, uuid) where resolved_at is null;
create index reports_resolved on reports (resolved_at desc, uuid desc) where resolved_at is not null;
create index reports_kept on reports (resolved_at) where resolved_at is not null and purged_at is null;

-- The texts as they were when they were reported. Place 0 is the crud or message that is reported; the
-- messages before it, the nearest first, have the places from 1 on, and so have the newest messages of a
-- conversation that is reported as a whole. message: null when it was deleted by then.
create table report_copies (
	report_uuid uuid references reports on delete cascade,
	place smallint,
	uuid uuid not null,
	user_uuid uuid not null, -- who wrote it
	message text,
	created_at timestamptz not null,
	primary key (report_uuid, place)
);

-- The looks and decisions of moderators. It only grows: the serving role may insert and nothing else
-- (grant_serving), and a trigger refuses changes by everybody.
create table moderation_audit (
	id bigint generated always as identity primary key,
	at timestamptz not null default clock_timestamp(),
	moderator_uuid uuid not null,
	action text not null check (action in ('look', 'dismiss', 'remove', 'suspend')),
	report_uuids uuid[] not null,
	person_uuid uuid, -- whom the report is about; of a look: null
	note text
);
create function moderation_audit_grows() returns trigger
language plpgsql as $$
begin
	raise exception using errcode = 'insufficient_privilege', message = 'moderation_audit only grows';
end
$$;
create trigger moderation_audit_grows before update or delete or truncate on moderation_audit
	for each statement execute function moderation_audit_grows();

-- Reports as moderators see them: with current names, and a row for each copy. Times are in
-- microseconds since 1970.
create view report_rows as
select r.uuid, (extract(epoch from r.created_at) * 1000000)::bigint as created_at, r.kind, r.reason, r.note,
       r.message_group_uuid, (extract(epoch from r.resolved_at) * 1000000)::bigint as resolved_at, r.action,
       r.action_note, r.reported_uuid as about_uuid, r.message_uuid as about_message_uuid,
       reporter.uuid as reporter_uuid, reporter.handle as reporter_handle,
       reporter.display_name as reporter_display_name,
       reported.uuid as reported_uuid, reported.handle as reported_handle,
       reported.display_name as reported_display_name,
       resolver.uuid as resolver_uuid, resolver.handle as resolver_handle,
       resolver.display_name as resolver_display_name,
       c.place, c.uuid as text_uuid, coalesce(author.handle, 'deleted') as text_handle,
       coalesce(author.display_name, 'Deleted person') as text_display_name, c.message as text,
       (extract(epoch from c.created_at) * 1000000)::bigint as text_created_at
  from reports r
  left join users reporter on reporter.uuid = r.reporter_uuid
  left join users reported on reported.uuid = r.reported_uuid
  left join users resolver on resolver.uuid = r.resolver_uuid
  left join report_copies c on c.report_uuid = r.uuid
  left join users author on author.uuid = c.user_uuid;

-- A moderator resolves a report: `dismiss` changes nothing else, `remove` deletes the crud (of a message:
-- the caller has deleted it, and has the claim on the report, `claimed`), `suspend` suspends the person. A
-- crud or a person that is gone is no error. Returns `resolved` when the report is, or is claimed by
-- another request; `missing` when nobody made it, or it is about the moderator; else `done`.
--
-- Locks in the order of all statements: the person, the crud, then the report.
create function report_resolve(moderator uuid, report uuid, new_action text, new_note text, claimed boolean)
returns text
language plpgsql as $$
declare
	found_report record;
	person_handle text;
	parent uuid;
begin
	select reported_uuid, activity_uuid, resolved_at
	  into found_report
	  from reports
	 where uuid = report
	   and reported_uuid is distinct from moderator;
	if not found then
		return 'missing';
	elsif found_report.resolved_at is not null then
		return 'resolved';
	end if;
	if new_action = 'suspend' then
		perform pg_advisory_xact_lock(hashtext('users_delete_alone'));
		select handle into person_handle from users where uuid = found_report.reported_uuid for update;
		perform person_lock_cruds(found_report.reported_uuid);
	elsif new_action = 'remove' then
		select reply_to_activity_uuid into parent from activities where uuid = found_report.activity_uuid;
		perform from activities where uuid = parent for no key update;
		perform from activities where uuid = found_report.activity_uuid for update;
	end if;
	perform
	   from reports
	  where uuid = report
	    and resolved_at is null
	    and (claimed or claimed_until is null or claimed_until < now())
	    for no key update;
	if not found then
		return 'resolved';
	end if;
	if new_action = 'suspend' and person_handle is not null then
		perform person_set_suspended(person_handle, true);
	elsif new_action = 'remove' then
		delete from activities where uuid = found_report.activity_uuid;
	end if;
	update reports
	   set resolved_at = now(), resolver_uuid = moderator, action = new_action, action_note = new_note,
	       claimed_until = null
	 where uuid = report;
	insert into moderation_audit (moderator_uuid, action, report_uuids, person_uuid, note)
	values (moderator, new_action, array[report], found_report.reported_uuid, new_note);
	return 'done';
end
$$;

-- Erase the copies and the notes of up to `most` reports that were resolved 90 days ago; the rest of a
-- As before, and moderation_audit only grows.
create or replace procedure grant_serving()
language plpgsql as $$
begin
	if not exists (select from pg_roles where rolname = 'cruddur_serving') then
		begin
			create role cruddur_serving nologin;
		exception
			when insufficient_privilege then return;
			when duplicate_object or unique_violation then null; -- made at the same time
		end;
	end if;
	grant usage on schema public to cruddur_serving;
	grant select, insert, update, delete on all tables in schema public to cruddur_serving;
	grant usage on all sequences in schema public to cruddur_serving;
	-- the same for what later migrations create, as this owner
	alter default privileges in schema public
		grant select, insert, update, delete on tables to cruddur_serving;
	alter default privileges in schema public grant usage on sequences to cruddur_serving;
	if to_regclass('public.schema_migrations') is not null then
		revoke all on schema_migrations from cruddur_serving;
	end if;
	revoke select, update, delete on moderation_audit from cruddur_serving;
	-- PostgreSQL lets everybody make temporary tables, and before version 15 any table.
	revoke create on schema public from public;
	execute format('revoke temporary on database %I from public', current_database());
end
$$;
call grant_serving();

-- migrate:down
create or replace procedure grant_serving()
language plpgsql as $$
begin
	if not exists (select from pg_roles where rolname = 'cruddur_serving') then
		begin
			create role cruddur_serving nologin;
		exception
			when insufficient_privilege then return;
			when duplicate_object or unique_violation then null; -- made at the same time
		end;
	end if;
	grant usage on schema public to cruddur_serving;
	grant select, insert, update, delete on all tables in schema public to cruddur_serving;
	grant usage on all sequences in schema public to cruddur_serving;
	-- the same for what later migrations create, as this owner
	alter default privileges in schema public
		grant select, insert, update, delete on tables to cruddur_serving;
	alter default privileges in schema public grant usage on sequences to cruddur_serving;
	if to_regclass('public.schema_migrations') is not null then
		revoke all on schema_migrations from cruddur_serving;
	end if;
	-- PostgreSQL lets everybody make temporary tables, and before version 15 any table.
	revoke create on schema public from public;
	execute format('revoke temporary on database %I from public', current_database());
end
$$;
drop function report_resolve;
drop view report_rows;
drop table moderation_audit, report_copies, reports;
drop function moderation_audit_grows;

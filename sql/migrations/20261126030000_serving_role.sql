-- migrate:up

-- The serving role reads and writes rows; it owns nothing and creates nothing. cruddur_serving is a
-- group: workers log in as a member of it, which bin/db/serving-role makes. Roles belong to the
-- server, not to the database, so the group may exist. The owner may lack the right to make it; then
-- nothing is granted until an administrator has made it and bin/db/serving-role calls this again.
create procedure grant_serving()
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
revoke execute on procedure grant_serving from public;
call grant_serving();

-- migrate:down
do $$
begin
	if exists (select from pg_roles where rolname = 'cruddur_serving') then
		alter default privileges in schema public revoke all on tables from cruddur_serving;
		alter default privileges in schema public revoke all on sequences from cruddur_serving;
		revoke all on all tables in schema public from cruddur_serving;
		revoke all on all sequences in schema public from cruddur_serving;
		revoke all on schema public from cruddur_serving;
	end if;
	execute format('grant temporary on database %I to public', current_database());
end
$$;
drop procedure grant_serving;

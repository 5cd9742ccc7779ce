-- migrate:up
create table users (
	uuid uuid primary key default gen_random_uuid(),
	-- the sub of the Cognito account; null until the account is known
	cognito_user_id text unique,
	handle text not null check (handle ~ '^[A-Za-z0-9_]{2,30}$'),
	display_name text not null,
	bio text,
	-- copied from Cognito at registration; never used as an identity
	email text,
	created_at timestamptz not null default now()
);
-- handles are unique, ignoring case
create unique index users_handle on users (lower(handle));

-- migrate:down
drop table users;

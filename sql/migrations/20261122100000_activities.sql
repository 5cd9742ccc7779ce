-- migrate:up

-- The #tags and @handles of a text, each once, in lower case. An e-mail address such as
-- a@b.example contains none.
create function activity_mark_pattern() returns text
language sql immutable parallel safe
return '(?<![[:alnum:]_@#/])(?:@[A-Za-z0-9_]{2,30}|#[[:alnum:]_]+)(?![[:alnum:]_])';

create function activity_marks(message text) returns text[]
language sql immutable parallel safe
return (
	select coalesce(array_agg(distinct lower(found[1])), '{}')
	  from regexp_matches(message, activity_mark_pattern(), 'g') as found
);

-- Cruds and replies. A reply copies expires_at from its crud and cascades with it, so no reply
-- remains without its crud.
create table activities (
	uuid uuid primary key default gen_random_uuid(),
	user_uuid uuid not null references users on delete cascade,
	message text not null,
	reply_to_activity_uuid uuid references activities on delete cascade,
	is_reply boolean not null generated always as (reply_to_activity_uuid is not null) stored,
	-- maintained by the triggers below
	replies_count integer not null default 0 check (replies_count >= 0),
	likes_count integer not null default 0 check (likes_count >= 0),
	reposts_count integer not null default 0 check (reposts_count >= 0),
	expires_at timestamptz not null,
	created_at timestamptz not null default now(),
	-- The lexemes for searches: words ('simple', because people write in many languages), tags
	-- as #tag, mentioned people as @handle, the author as by:uuid.
	search tsvector not null generated always as (
		to_tsvector('simple', message)
		|| array_to_tsvector(activity_marks(message) || ('by:' || user_uuid::text))
	) stored
) with (fillfactor = 90); -- room for a row's next version in its page when a counter changes

-- The home feed; the index alone shows what has expired.
create index activities_home on activities (created_at desc, uuid desc) include (expires_at)
	where not is_reply;
-- A search for a frequent word scans the newest cruds.
create index activities_newest on activities (created_at desc, uuid desc);
create index activities_author on activities (user_uuid, created_at desc, uuid desc)
	include (is_reply, expires_at);
create index activities_replies on activities (reply_to_activity_uuid, created_at desc, uuid desc)
	where reply_to_activity_uuid is not null;
create index activities_expiry on activities (expires_at);
-- fastupdate off: every search would have to read the list of pending entries.
create index activities_search on activities using gin (search) with (fastupdate = off);

create table likes (
	activity_uuid uuid references activities on delete cascade,
	user_uuid uuid references users on delete cascade,
	created_at timestamptz not null default now(),
	primary key (activity_uuid, user_uuid)
);
create index likes_user on likes (user_uuid);

create table reposts (
	activity_uuid uuid references activities on delete cascade,
	user_uuid uuid references users on delete cascade,
	created_at timestamptz not null default now(),
	primary key (activity_uuid, user_uuid)
);
create index reposts_user on reposts (user_uuid);

-- The counters change with the rows that they count. Only triggers see the rows that cascades
-- delete with a person or a reply.
create function activities_count() returns trigger
language plpgsql as $$
declare
	step integer := case tg_op when 'INSERT' then 1 else -1 end;
	changed record := case tg_op when 'INSERT' then new else old end;
begin
	case tg_table_name
	when 'likes' then
		update activities set likes_count = likes_count + step
		 where uuid = changed.activity_uuid;
	when 'reposts' then
		update activities set reposts_count = reposts_count + step
		 where uuid = changed.activity_uuid;
	else
		update activities set replies_count = replies_count + step
		 where uuid = changed.reply_to_activity_uuid;
	end case;
	return null;
end
$$;
create trigger likes_count after insert or delete on likes
	for each row execute function activities_count();
create trigger reposts_count after insert or delete on reposts
	for each row execute function activities_count();
create trigger replies_count_up after insert on activities
	for each row when (new.reply_to_activity_uuid is not null)
	execute function activities_count();
create trigger replies_count_down after delete on activities
	for each row when (old.reply_to_activity_uuid is not null)
	execute function activities_count();

-- Replies, likes, reposts and mentions. expires_at is copied from the crud, where it never changes,
-- so unread notifications can be counted without reading cruds.
create table notifications (
	uuid uuid primary key default gen_random_uuid(),
	user_uuid uuid not null references users on delete cascade,
	kind text not null check (kind in ('reply', 'like', 'repost', 'mention')),
	actor_uuid uuid not null references users on delete cascade,
	-- the reply, the liked or reposted crud, or the crud with the mention
	activity_uuid uuid not null references activities on delete cascade,
	expires_at timestamptz not null,
	created_at timestamptz not null default now(),
	read_at timestamptz,
	unique (activity_uuid, kind, actor_uuid, user_uuid)
);
create index notifications_newest on notifications (user_uuid, created_at desc, uuid desc)
	include (expires_at);
create index notifications_unread on notifications (user_uuid, expires_at) where read_at is null;
create index notifications_actor on notifications (actor_uuid);

-- The result of an Idempotency-Key: the parts of the first answer that the repeated request does not
-- contain. The crud may have been deleted since; its text is not stored here.
create table idempotency_keys (
	user_uuid uuid references users on delete cascade,
	key text,
	request text not null,
	activity_uuid uuid not null,
	expires_at timestamptz not null,
	created_at timestamptz not null,
	primary key (user_uuid, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Cruds as the API shows them: not expired, with the current names of their authors and times in
-- microseconds since 1970.
create view cruds as
select a.uuid, u.display_name, u.handle, a.message, a.replies_count, a.reposts_count, a.likes_count,
       a.reply_to_activity_uuid,
       (extract(epoch from a.expires_at) * 1000000)::bigint as expires_us,
       (extract(epoch from a.created_at) * 1000000)::bigint as created_us
  from activities a
  join users u on u.uuid = a.user_uuid
 where a.expires_at > now();

-- migrate:down
drop view cruds;
drop table idempotency_keys, notifications, reposts, likes, activities;
drop function activities_count, activity_marks, activity_mark_pattern;

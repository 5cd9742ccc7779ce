-- migrate:up

-- A person follows another one.
create table follows (
	user_uuid uuid references users on delete cascade,
	followed_uuid uuid references users on delete cascade check (followed_uuid <> user_uuid),
	created_at timestamptz not null default clock_timestamp(),
	primary key (user_uuid, followed_uuid)
);
create index follows_followers on follows (followed_uuid, created_at desc, user_uuid desc);
create index follows_following on follows (user_uuid, created_at desc, followed_uuid desc);

-- How many people follow a person, and how many the person follows; maintained by the trigger below. A
-- person without a row has never had any. The counts are no columns of users, because each row there is
-- locked by whatever refers to it.
create table follow_counts (
	user_uuid uuid primary key references users on delete cascade,
	followers integer not null check (followers >= 0),
	following integer not null check (following >= 0)
);

-- Both rows of counts are locked in the order of their uuids.
create function follows_count() returns trigger
language plpgsql as $$
begin
	if tg_op = 'INSERT' then
		insert into follow_counts (user_uuid, followers, following)
		select uuid, followers, following
		  from (values (new.user_uuid, 0, 1), (new.followed_uuid, 1, 0)) as one (uuid, followers, following)
		 order by uuid
		    on conflict (user_uuid) do update
		   set followers = follow_counts.followers + excluded.followers,
		       following = follow_counts.following + excluded.following;
	else
		perform from follow_counts
		  where user_uuid in (old.user_uuid, old.followed_uuid)
		  order by user_uuid
		    for no key update;
		update follow_counts
		   set followers = followers - (user_uuid = old.followed_uuid)::integer,
		       following = following - (user_uuid = old.user_uuid)::integer
		 where user_uuid in (old.user_uuid, old.followed_uuid);
	end if;
	return null;
end
$$;
create trigger follows_count after insert or delete on follows
	for each row execute function follows_count();

-- The deletion of a person cascades to follows in any order, so it first locks all counts that this
-- changes, after the cruds that users_lock_cruds locks.
create function users_lock_follow_counts() returns trigger
language plpgsql as $$
begin
	perform
	   from follow_counts
	  where user_uuid in (select followed_uuid from follows where user_uuid = old.uuid
	                       union all
	                      select user_uuid from follows where followed_uuid = old.uuid
	                       union all
	                      select old.uuid)
	  order by user_uuid
	    for update;
	return old;
end
$$;
create trigger users_lock_follow_counts before delete on users
	for each row execute function users_lock_follow_counts();

-- migrate:down
drop trigger users_lock_follow_counts on users;
drop table follows, follow_counts;
drop function users_lock_follow_counts, follows_count;

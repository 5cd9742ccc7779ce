-- migrate:up

-- The uses of quotas by each person in each hour. There is no foreign key: deleting an account and
-- registering it again brings back the same uuid, and must not bring a fresh quota.
create table quota_uses (
	user_uuid uuid not null,
	quota text not null,
	hour timestamptz not null,
	used integer not null check (used >= 0),
	primary key (user_uuid, quota, hour)
);
create index quota_uses_age on quota_uses (hour);

-- Take `amount` of what `person` may use of the quota `name` in 24 hours, which is `most`; null: no
-- limit. Hours count as a whole, so a use counts for 24 to 25 hours. Returns the rest.
--
-- Raises SQLSTATE QUOTA when the rest is too small; the transaction then leaves nothing. Its message
-- is the name and the seconds until the oldest hour no longer counts.
--
-- A statement calls this after it has locked its crud. Requests of one person take turns from here
-- on: they lock the same row.
create function quota_take(person uuid, name text, amount integer, most integer) returns integer
language plpgsql as $$
declare
	taken bigint;
	oldest timestamptz;
begin
	if most is null or amount = 0 then
		return most;
	end if;
	insert into quota_uses (user_uuid, quota, hour, used)
	values (person, name, date_trunc('hour', now(), 'UTC'), amount)
	    on conflict (user_uuid, quota, hour) do update
	   set used = quota_uses.used + excluded.used;
	select sum(used), min(hour)
	  into taken, oldest
	  from quota_uses
	 where user_uuid = person
	   and quota = name
	   and hour > now() - interval '25 hours';
	if taken > most then
		raise exception using errcode = 'QUOTA', message = format('%s %s', name,
			ceil(extract(epoch from oldest + interval '25 hours' - now()))::integer);
	end if;
	return most - taken;
end
$$;

-- migrate:down
drop function quota_take;
drop table quota_uses;

-- User $1 writes text $2: a crud that lives for the interval $3, or a reply to $4, which expires
-- with its crud. Notifies the author of $4 and everyone mentioned, once each and never $1, at most
-- 10 people: the author, then those who are mentioned first; but nobody who blocks or mutes $1, whom
-- $1 blocks, or who does not want it. If key $5 (request digest: $6) created
-- something in the last 24 hours, nothing happens. No row is returned in that case, nor if $4 does
-- not exist, a block is between $1 and its author, or $1 is suspended. In 24 hours $1 may write $7 cruds and replies, and mention $8 people
-- (null: no limit); the last column is how many more cruds.
with concerned as (
	select uuid, min(place) as place, case min(place) when 0 then 'reply' else 'mention' end as kind
	  from (select user_uuid as uuid, 0 as place
	          from activities
	         where uuid = $4::uuid
	         union all
	        select u.uuid, place
	          from unnest(activity_marks($2)) with ordinality as marks (mark, place)
	          join users u on lower(u.handle) = substr(mark, 2)
	         where mark like '@%') as one
	 where uuid <> $1::uuid
	 group by uuid
	 order by place
	 limit 10
), people as (
	select uuid, suspended_at
	  from users
	 where uuid = any (array(select uuid from concerned) || $1)
	   for key share
), answered as (
	select uuid, expires_at
	  from activities
	 where uuid = $4
	   and expires_at > now()
	   and case when (select count(*) from people) >= 0 -- locks them first
	            then not barrier_closed($1, user_uuid)
	        end
	   for no key update
), draft as (
	select gen_random_uuid() as uuid, answered.uuid as reply_to,
	       coalesce(answered.expires_at, now() + $3::interval) as expires_at
	  from (select count(*) filter (where uuid = $1 and suspended_at is not null) as suspended
	          from people) as locked
	  left join answered on true
	 where suspended = 0
	   and ($4 is null or answered.uuid is not null)
), claimed as (
	insert into idempotency_keys (user_uuid, key, request, activity_uuid, expires_at, created_at)
	select $1, $5::text, $6::text, uuid, expires_at, now()
	  from draft
	 where $5 is not null
	    on conflict (user_uuid, key) do update
	   set request = excluded.request, activity_uuid = excluded.activity_uuid,
	       expires_at = excluded.expires_at, created_at = excluded.created_at
	 where idempotency_keys.created_at <= now() - interval '24 hours'
	returning activity_uuid
), created as (
	insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at)
	select uuid, $1, $2::text, reply_to, expires_at
	  from draft
	 where $5 is null or exists (select from claimed)
	returning uuid, message, reply_to_activity_uuid, expires_at, created_at
), told as (
	insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at, created_at)
	select people.uuid, concerned.kind, $1, created.uuid, created.expires_at, clock_timestamp()
	  from created, concerned
	  join people using (uuid)
	 where notification_wanted(people.uuid, $1, concerned.kind)
	returning kind
)
select created.uuid, u.display_name, u.handle, created.message,
       0 as replies_count, 0 as reposts_count, 0 as likes_count, created.reply_to_activity_uuid,
       (extract(epoch from created.expires_at) * 1000000)::bigint as expires_at,
       (extract(epoch from created.created_at) * 1000000)::bigint as created_at,
       false as liked, false as reposted, false as bookmarked,
       quota_take($1, 'cruds', 1, $7::int) as rest,
       quota_take($1, 'mentions', (select count(*) from told where kind = 'mention')::int, $8::int)
  from created
  join users u on u.uuid = $1
-- example: :person, 'hello @person_2', '1 day', :crud, 'key', 'request', 300, 200

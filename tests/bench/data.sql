-- Creates many people and cruds for benchmarks: psql -v users=100000 -v cruds=1000000 -f data.sql
-- The database must have the schema; use one whose data may be lost. One crud in five is a reply,
-- three in ten have expired; few people write many cruds, few words are frequent.
-- -v likes=…: the maximum number of likes; default: twice the number of cruds.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
set client_min_messages = warning;
\if :{?likes}
\else
select 2 * :cruds as likes \gset
\endif
select setseed(0.5) \g /dev/null

-- Drop the indexes and disable the triggers that count; they are restored at the end.
create temporary table dropped_indexes as
select indexname, indexdef
  from pg_indexes
 where tablename in ('activities', 'likes', 'reposts', 'notifications')
   and indexname not in (select conname from pg_constraint);
select format('drop index %I', indexname) from dropped_indexes \gexec
alter table activities disable trigger user;
alter table activities enable trigger search_lexemes;
alter table likes disable trigger user;
alter table reposts disable trigger user;

-- A random number from 1 to count; small numbers are more likely.
create function pg_temp.few(count integer, skew double precision) returns integer
language sql volatile
return 1 + floor(count * pow(random(), skew))::integer;

create temporary table people (number integer primary key, uuid uuid);
insert into people select n, gen_random_uuid() from generate_series(1, :users) as n;
insert into users (uuid, cognito_user_id, handle, display_name, bio)
select uuid, 'bench-' || number, 'person_' || number, 'Person ' || number, 'One of very many.'
  from people;

-- w1 is in three of four cruds, w20000 in almost none. p60 is in 60 % of the cruds, and so on; heads
-- and tails are in half of them each and never in one, nor are left and right, in 5 % each. Three in
-- a hundred say good morning. One in five has eight Japanese characters, of which few are frequent.
create temporary table drafts as
select n, pg_temp.few(:users, 3) as author, gen_random_uuid() as uuid,
       now() - interval '29 days' * (1 - n::double precision / :cruds) as created_at,
       case when random() < 0.3 then n - pg_temp.few(n, 3) end as parent,
       (array['30 days', '30 days', '30 days', '30 days', '30 days', '30 days', '30 days', '30 days',
	      '7 days', '3 days', '1 day', '12 hours'])[pg_temp.few(12, 1)]::interval as ttl,
       concat_ws(' ',
		 'w' || pg_temp.few(20000, 14), 'w' || pg_temp.few(20000, 8),
		 'w' || pg_temp.few(20000, 6), 'w' || pg_temp.few(20000, 4),
		 'w' || pg_temp.few(20000, 3), 'w' || pg_temp.few(20000, 2),
		 'w' || pg_temp.few(20000, 2), 'w' || pg_temp.few(20000, 1),
		 'w' || pg_temp.few(20000, 1), 'w' || pg_temp.few(20000, 1),
		 case when random() < 0.6 then 'p60' end, case when random() < 0.3 then 'p30' end,
		 case when random() < 0.1 then 'p10' end, case when random() < 0.05 then 'p5' end,
		 case when random() < 0.02 then 'p2' end, case when random() < 0.01 then 'p1' end,
		 case when random() < 0.5 then 'heads' else 'tails' end,
		 case pg_temp.few(20, 1) when 1 then 'left' when 2 then 'right' end,
		 case pg_temp.few(33, 1) when 1 then 'good morning' when 2 then 'good' when 3 then 'morning good'
		 end,
		 case when random() < 0.2
		      then (select string_agg(chr(19968 + pg_temp.few(3000, 4)), '')
		              from generate_series(1, 8 + 0 * n)) end,
		 case when random() < 0.2 then '#t' || pg_temp.few(2000, 3) end,
		 case when random() < 0.1 then '#p10' end,
		 case when random() < 0.1 then '@person_' || pg_temp.few(:users, 2) end) as message
  from generate_series(1, :cruds) as n;
create unique index on drafts (n);
analyze drafts;

-- In the order of time. A reply answers an unexpired crud that is not a reply itself.
insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at, created_at)
select d.uuid, p.uuid, d.message, answered.uuid,
       coalesce(answered.created_at + answered.ttl, d.created_at + d.ttl), d.created_at
  from drafts d
  join people p on p.number = d.author
  left join drafts answered on answered.n = d.parent
                           and answered.parent is null
                           and answered.created_at + answered.ttl > d.created_at
 order by d.n;

insert into likes (activity_uuid, user_uuid)
select d.uuid, p.uuid
  from (select pg_temp.few(:cruds, 1) as crud, pg_temp.few(:users, 2) as person
          from generate_series(1, :likes)) as pairs
  join drafts d on d.n = pairs.crud
  join people p on p.number = pairs.person
    on conflict do nothing;
insert into reposts (activity_uuid, user_uuid, created_at)
select l.activity_uuid, l.user_uuid, a.created_at + (now() - a.created_at) * random()
  from likes l
  join activities a on a.uuid = l.activity_uuid
 where random() < 0.15;
insert into bookmarks (user_uuid, activity_uuid, created_at)
select user_uuid, activity_uuid, now() - random() * interval '1 day'
  from likes
 where random() < 0.1;
insert into crud_tags (activity_uuid, tag, user_uuid)
select uuid, substr(lexeme, 2), user_uuid
  from activities, unnest(tsvector_to_array(search)) as lexeme
 where lexeme like '#%';
insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at, created_at, read_at)
select a.user_uuid, 'like', l.user_uuid, a.uuid, a.expires_at,
       a.created_at + (now() - a.created_at) * random(), case when random() < 0.9 then now() end
  from likes l
  join activities a on a.uuid = l.activity_uuid and a.user_uuid <> l.user_uuid
 where random() < 0.25;

insert into notifications_withdrawn (activity_uuid, kind, actor_uuid, created_at)
select activity_uuid, 'like', actor_uuid, created_at
  from notifications
 where random() < 0.25;

insert into idempotency_keys (user_uuid, key, request, activity_uuid, expires_at, created_at)
select user_uuid, md5(uuid::text), md5(message), uuid, expires_at, created_at
  from activities
 where created_at > now() - interval '1 day';

update activities a
   set likes_count = coalesce(l.count, 0), reposts_count = coalesce(r.count, 0),
       replies_count = coalesce(b.count, 0)
  from activities self
  left join (select activity_uuid, count(*) from likes group by 1) as l on l.activity_uuid = self.uuid
  left join (select activity_uuid, count(*) from reposts group by 1) as r on r.activity_uuid = self.uuid
  left join (select reply_to_activity_uuid, count(*) from activities group by 1) as b
         on b.reply_to_activity_uuid = self.uuid
 where a.uuid = self.uuid;

select indexdef from dropped_indexes \gexec
alter table activities enable trigger user;
alter table likes enable trigger user;
alter table reposts enable trigger user;
-- Each person follows about 8 others; few are followed by many.
alter table follows disable trigger user;
insert into follows (user_uuid, followed_uuid, created_at)
select one.uuid, other.uuid, now() - random() * interval '1 year'
  from (select n % :users + 1 as follower, pg_temp.few(:users, 3) as followed
          from generate_series(1, 8 * :users) as n) as pairs
  join people one on one.number = pairs.follower
  join people other on other.number = pairs.followed and other.uuid <> one.uuid
    on conflict do nothing;
alter table follows enable trigger user;
insert into follow_counts (user_uuid, followers, following)
select uuid, (select count(*) from follows where followed_uuid = users.uuid),
       (select count(*) from follows where user_uuid = users.uuid)
  from users;

-- One person in ten is muted by somebody, and as many are blocked.
insert into barriers (user_uuid, other_uuid, mutes_since, blocks_since)
select one.uuid, other.uuid, case when kind = 1 then now() end, case when kind = 2 then now() end
  from (select kind, pg_temp.few(:users, 2) as one, pg_temp.few(:users, 3) as other
          from generate_series(1, 2) as kind, generate_series(1, :users / 10)) as pairs
  join people one on one.number = pairs.one
  join people other on other.number = pairs.other and other.uuid <> one.uuid
    on conflict do nothing;
insert into barriers (user_uuid, other_uuid, blocked_since)
select other_uuid, user_uuid, blocks_since
  from barriers
 where blocks_since is not null
    on conflict (user_uuid, other_uuid) do update
   set blocked_since = excluded.blocked_since;

insert into quota_uses (user_uuid, quota, hour, used)
select u.uuid, quota, date_trunc('hour', now(), 'UTC') - n * interval '1 hour', 1 + n
  from (select uuid from users order by uuid limit 5000) as u,
       unnest(array['cruds', 'mentions', 'new_people']) as quota,
       generate_series(0, 5) as n;

-- As many reports as people, of which one in fifty is open, each with the texts of 6 messages.
insert into reports (reporter_uuid, reported_uuid, kind, thing, message_group_uuid, message_uuid, reason,
                     created_at, resolved_at, action)
select one.uuid, other.uuid, 'message', 'message:' || n, gen_random_uuid(), gen_random_uuid(), 'spam',
       now() - n * interval '10 minutes', case when n % 50 > 0 then now() - n * interval '9 minutes' end,
       case when n % 50 > 0 then 'dismiss' end
  from generate_series(1, :users) as n
  join people one on one.number = n
  join people other on other.number = n % :users + 1;
insert into report_copies (report_uuid, place, uuid, user_uuid, message, created_at)
select uuid, place, gen_random_uuid(), reported_uuid, 'a message', created_at
  from reports, generate_series(0, 5) as place;
-- Deleted people, and exports of two people in a hundred.
insert into erased_handles (digest, erased_at)
select sha256(n::text::bytea), now() - random() * interval '90 days' from generate_series(1, 5000) as n;
insert into erased_subjects (digest, erased_at)
select sha256(n::text::bytea), now() - random() * interval '30 days' from generate_series(1, 5000) as n;
insert into erasures (user_uuid, step, begun_at, finished_at)
select gen_random_uuid(), case when n % 100 = 0 then 'rows' else 'done' end, now() - interval '1 day',
       case when n % 100 <> 0 then now() end
  from generate_series(1, 5000) as n;
insert into exports (user_uuid, requested_at, ready_at)
select uuid, now() - interval '1 hour', case when row_number() over () % 10 > 0 then now() end
  from (select uuid from users order by uuid limit :users / 2) as u;
insert into export_parts (user_uuid, number, lines)
select user_uuid, n, '{}' from exports cross join generate_series(0, 2) as n where ready_at is not null;

do $$ begin while feed_advance() loop end loop; end $$;

vacuum analyze;

-- The seed data of PostgreSQL. bin/db/seed passes sql/people.json as the variable :people. The accounts
-- in cognito-local have the same subjects (bin/local-cognito). Running this again changes nothing.
insert into users (uuid, cognito_user_id, handle, display_name, email, bio)
select uuid, cognito_user_id, handle, display_name, email, bio
  from jsonb_populate_recordset(null::users, :'people')
on conflict do nothing;

-- Their cruds, unless there are cruds already. `answers` is the number of the crud that a reply belongs
-- to. Some expire within hours.
with said (number, handle, answers, ago, ttl, message) as (values
	(1, 'andrewbrown', null, interval '6 days', interval '30 days',
	 'Cruddur is up. Say something nice, it disappears in a month anyway. #hello'),
	(2, 'bayko', 1, interval '5 days 20 hours', null, 'Something nice.'),
	(3, 'londo', 1, interval '5 days 19 hours', null,
	 'At last a place where my words last longer than your attention, @andrewbrown.'),
	(4, 'londo', null, interval '5 days', interval '30 days',
	 'The buffet on deck four has run out of spoo again. I am told this is progress. #Babylon5'),
	(5, 'andrewbrown', 4, interval '4 days 23 hours', null, 'Fresh spoo is a contradiction, @londo.'),
	(6, 'altbrown', null, interval '4 days', interval '7 days',
	 'Learning to read an EXPLAIN. The sequential scan was me all along. #postgres'),
	(7, 'bayko', 6, interval '3 days 22 hours', null,
	 'The first rule: believe the index only when you have seen it used.'),
	(8, 'bayko', null, interval '3 days', interval '30 days',
	 'Does anybody still have the notebook from the hyperspace lecture, @andrewbrown? #science'),
	(9, 'andrewbrown', 8, interval '2 days 23 hours', null, 'In the drawer with the card decks.'),
	(10, 'londo', 8, interval '2 days 22 hours', null, 'Which decks? Asking for an ambassador.'),
	(11, 'altbrown', null, interval '2 days', interval '3 days',
	 'One worker, one request, one thing less to worry about.'),
	(12, 'andrewbrown', null, interval '26 hours', interval '7 days',
	 'Moved the feed to keyset pages. Nothing comes twice, not even me. #postgres'),
	(13, 'bayko', 12, interval '25 hours', null, 'You wrote that twice.'),
	(14, 'londo', null, interval '9 hours', interval '12 hours',
	 'Cards tonight at my quarters, @bayko and @andrewbrown. Bring money you do not need.'),
	(15, 'bayko', 14, interval '8 hours', null, 'I have none of that kind.'),
	(16, 'altbrown', null, interval '40 minutes', interval '1 hour',
	 'This one is gone before lunch. So am I.'),
	(17, 'bayko', null, interval '10 minutes', interval '1 day',
	 'Ünïcödé test, please ignore: 日本語, עברית, 🚀🛰️ #hello')
), dated as (
	select said.number, u.uuid as user_uuid, said.message, said.ago, said.answers,
	       now() - said.ago as created_at,
	       now() - coalesce(root.ago, said.ago) + coalesce(root.ttl, said.ttl) as expires_at,
	       ('c0ffee00-0000-4000-8000-' || lpad(said.number::text, 12, '0'))::uuid as uuid,
	       ('c0ffee00-0000-4000-8000-' || lpad(said.answers::text, 12, '0'))::uuid as reply_to
	  from said
	  join users u using (handle)
	  left join said root on root.number = said.answers
	 where not exists (select from activities)
), written as (
	insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at, created_at)
	select uuid, user_uuid, message, reply_to, expires_at, created_at
	  from dated
), likers as (
	-- no two at the same time, so that each run of the seeds shows them in the same order
	select dated.*, u.uuid as liker_uuid,
	       dated.created_at + ago / 2 + row_number() over (order by number, handle) * interval '1 second' as liked_at
	  from (values (1, 'bayko'), (1, 'londo'), (1, 'altbrown'), (4, 'andrewbrown'), (5, 'bayko'),
	       (6, 'bayko'), (12, 'altbrown'), (14, 'andrewbrown'), (17, 'andrewbrown'))
	       as liked (number, handle)
	  join dated using (number)
	  join users u using (handle)
), liked as (
	insert into likes (activity_uuid, user_uuid)
	select uuid, liker_uuid
	  from likers
), reposted as (
	insert into reposts (activity_uuid, user_uuid)
	select uuid, liker_uuid
	  from likers
	 where number in (4, 12)
)
insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at, created_at)
select user_uuid, 'like', liker_uuid, uuid, expires_at, liked_at
  from likers
 union all
select user_uuid, 'repost', liker_uuid, uuid, expires_at, liked_at + interval '1 second'
  from likers
 where number in (4, 12)
 union all
select root.user_uuid, 'reply', d.user_uuid, d.uuid, d.expires_at, d.created_at
  from dated d
  join dated root on root.uuid = d.reply_to
 where root.user_uuid <> d.user_uuid
 union all
select u.uuid, 'mention', d.user_uuid, d.uuid, d.expires_at, d.created_at
  from dated d
  join unnest(activity_marks(d.message)) as mark on mark like '@%'
  join users u on lower(u.handle) = substr(mark, 2)
 where d.answers is null;

-- The four people follow each other in part, unless anybody follows somebody already.
insert into follows (user_uuid, followed_uuid, created_at)
select one.uuid, other.uuid, now() - ago * interval '1 day'
  from (values ('andrewbrown', 'bayko', 40), ('andrewbrown', 'londo', 32), ('bayko', 'andrewbrown', 39),
       ('londo', 'andrewbrown', 30), ('londo', 'bayko', 12), ('altbrown', 'andrewbrown', 21))
       as following (handle, followed, ago)
  join users one using (handle)
  join users other on other.handle = followed
 where not exists (select from follows);

-- Two reports for the moderators, unless there are reports already. The crud of the first ends within an hour.
with said (number, reporter, reason, note, ago) as (values
	(16, 'bayko', 'spam', 'The third one of these today.', interval '30 minutes'),
	(8, 'altbrown', 'other', null, interval '10 minutes')
), reported as (
	insert into reports (reporter_uuid, reported_uuid, kind, thing, activity_uuid, reason, note, created_at)
	select u.uuid, a.user_uuid, 'crud', 'crud:' || a.uuid, a.uuid, reason, note, now() - ago
	  from said
	  join users u on u.handle = reporter
	  join activities a on a.uuid = ('c0ffee00-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid
	 where not exists (select from reports)
	returning uuid, activity_uuid
)
insert into report_copies (report_uuid, place, uuid, user_uuid, message, created_at)
select reported.uuid, 0, a.uuid, a.user_uuid, a.message, a.created_at
  from reported
  join activities a on a.uuid = reported.activity_uuid;

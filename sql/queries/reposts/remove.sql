-- User $1 removes their repost of crud $2. Deletes the author's notification and remembers for 24
-- hours that there was one.
with person as (
	select uuid
	  from users
	 where uuid = $1
	   for key share
), crud as (
	select uuid
	  from activities
	 where uuid = $2
	   and (select count(*) from person) > 0
	   for no key update
), removed as (
	delete from reposts
	 using crud
	 where reposts.activity_uuid = crud.uuid
	   and reposts.user_uuid = $1
	returning reposts.activity_uuid
), withdrawn as (
	delete from notifications
	 using removed
	 where notifications.activity_uuid = removed.activity_uuid
	   and kind = 'repost'
	   and actor_uuid = $1
	returning notifications.activity_uuid, created_at
)
insert into notifications_withdrawn (activity_uuid, kind, actor_uuid, created_at)
select activity_uuid, 'repost', $1, created_at
  from withdrawn
 where created_at > now() - interval '24 hours'
    on conflict (activity_uuid, kind, actor_uuid) do update
   set created_at = excluded.created_at
-- example: :person, :crud

-- User $1 reposts crud $2, unless its author blocks $1, or $1 the author; a second repost changes nothing.
-- Notifies the author, unless the author mutes $1 or does not want it. If the author was
-- notified in the last 24 hours and the repost was taken back, that notification returns, as read.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select user_uuid from activities where uuid = $2))
	   for key share
), crud as (
	select uuid, user_uuid, expires_at
	  from activities
	 where uuid = $2
	   and expires_at > now()
	   and case when (select count(*) from people) >= 0 -- locks them first
	            then not barrier_closed($1, user_uuid)
	        end
	   for no key update
), added as (
	insert into reposts (activity_uuid, user_uuid)
	select uuid, $1
	  from crud
	    on conflict do nothing
	returning activity_uuid
)
insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at, created_at, read_at)
select crud.user_uuid, 'repost', $1, crud.uuid, crud.expires_at,
       coalesce(earlier.created_at, clock_timestamp()),
       case when earlier.created_at is not null then now() end
  from crud
  join added on added.activity_uuid = crud.uuid
  left join notifications_withdrawn earlier
    on earlier.activity_uuid = crud.uuid
   and earlier.kind = 'repost'
   and earlier.actor_uuid = $1
   and earlier.created_at > now() - interval '24 hours'
 where crud.user_uuid <> $1
   and notification_wanted(crud.user_uuid, $1, 'repost')
-- example: :person, :crud

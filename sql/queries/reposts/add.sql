-- User $1 reposts crud $2; a second repost changes nothing. Notifies the author.
with crud as (
	select uuid, user_uuid, expires_at
	  from activities
	 where uuid = $2
	   and expires_at > now()
	   for key share
), added as (
	insert into reposts (activity_uuid, user_uuid)
	select uuid, $1
	  from crud
	    on conflict do nothing
	returning activity_uuid
)
insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at)
select crud.user_uuid, 'repost', $1, crud.uuid, crud.expires_at
  from crud
  join added on added.activity_uuid = crud.uuid
 where crud.user_uuid <> $1
-- example: :person, :crud

-- $1 takes their like of crud $2 back, and with it what its author was told.
with removed as (
	delete from likes
	 where activity_uuid = $2
	   and user_uuid = $1
	returning activity_uuid
)
delete from notifications
 using removed
 where notifications.activity_uuid = removed.activity_uuid
   and kind = 'like'
   and actor_uuid = $1

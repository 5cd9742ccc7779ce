-- User $1 removes their repost of crud $2. Deletes the author's notification.
with removed as (
	delete from reposts
	 where activity_uuid = $2
	   and user_uuid = $1
	returning activity_uuid
)
delete from notifications
 using removed
 where notifications.activity_uuid = removed.activity_uuid
   and kind = 'repost'
   and actor_uuid = $1
-- example: :person, :crud

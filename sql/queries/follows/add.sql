-- User $1 follows the user with handle $2 (case-insensitive), unless one blocks the other; a second time
-- changes nothing. $1 may do so $3 times in 24 hours (null: no limit). Returns how many more times, null
-- when nothing changed. Notifies the followed person, unless that person mutes $1 or does not want it; a notification of the
-- last 24 hours that has ended with an earlier follow returns, as read.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select uuid from users where lower(handle) = lower($2)))
	   and suspended_at is null
	   for key share
), added as (
	insert into follows (user_uuid, followed_uuid)
	select one.uuid, other.uuid
	  from people one
	  join people other on other.uuid <> one.uuid
	 where one.uuid = $1
	   and (select count(*) from people) > 0 -- locks them first
	   and not barrier_closed(one.uuid, other.uuid)
	    on conflict do nothing
	returning followed_uuid
), told as (
	insert into notifications (user_uuid, kind, actor_uuid, expires_at, created_at)
	select followed_uuid, 'follow', $1, now() + interval '30 days', clock_timestamp()
	  from added
	 where notification_wanted(followed_uuid, $1, 'follow')
	    on conflict (user_uuid, actor_uuid) where kind = 'follow' do update
	   set expires_at = excluded.expires_at,
	       read_at = case when notifications.created_at > now() - interval '24 hours'
	                      then coalesce(notifications.read_at, now())
	                  end,
	       created_at = case when notifications.created_at > now() - interval '24 hours'
	                         then notifications.created_at
	                         else excluded.created_at
	                     end
)
select case when (select count(*) from added) > 0 then quota_take($1, 'follows', 1, $3::int) end as rest
-- example: :person, 'person_2', 400

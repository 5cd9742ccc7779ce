-- User $1 follows the user with handle $2 (case-insensitive), unless one blocks the other; a second time
-- changes nothing. $1 may do so $3 times in 24 hours (null: no limit). Returns how many more times, null
-- when nothing changed.
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
)
select case when (select count(*) from added) > 0 then quota_take($1, 'follows', 1, $3::int) end as rest
-- example: :person, 'person_2', 400

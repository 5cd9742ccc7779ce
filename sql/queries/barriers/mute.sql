-- User $1 mutes the user with handle $2 (case-insensitive), who is not suspended; a second time changes
-- nothing.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select uuid from users where lower(handle) = lower($2)))
	   and suspended_at is null
	   for key share
)
insert into barriers (user_uuid, other_uuid, mutes_since)
select one.uuid, other.uuid, now()
  from people one
  join people other on other.uuid <> one.uuid
 where one.uuid = $1
   and (select count(*) from people) > 0 -- locks them first
    on conflict (user_uuid, other_uuid) do update
   set mutes_since = excluded.mutes_since
 where barriers.mutes_since is null
-- example: :person, 'person_2'

-- User $1 no longer mutes the user with handle $2 (case-insensitive). The array locks both people first.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select uuid from users where lower(handle) = lower($2)))
	   for key share
), changed as (
	update barriers
	   set mutes_since = null
	 where user_uuid = $1
	   and other_uuid = any (array(select uuid from people))
	   and mutes_since is not null
	   and closed
)
delete from barriers
 where user_uuid = $1
   and other_uuid = any (array(select uuid from people))
   and mutes_since is not null
   and not closed
-- example: :person, 'person_2'

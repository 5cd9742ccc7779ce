-- User $1 no longer follows the user with handle $2 (case-insensitive). The array locks both people
-- before anything is deleted.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select uuid from users where lower(handle) = lower($2)))
	   for key share
)
delete from follows
 where user_uuid = $1
   and followed_uuid = any (array(select uuid from people))
-- example: :person, 'person_2'

-- User $1 bookmarks crud $2, unless its author blocks $1, or $1 the author; a second time changes nothing.
with people as (
	select uuid
	  from users
	 where uuid in ($1, (select user_uuid from activities where uuid = $2))
	   for key share
), crud as (
	select uuid
	  from activities
	 where uuid = $2
	   and expires_at > now()
	   and case when (select count(*) from people) >= 0 -- locks them first
	            then not barrier_closed($1, user_uuid)
	        end
	   for key share
)
insert into bookmarks (user_uuid, activity_uuid)
select $1, uuid
  from crud
    on conflict do nothing
-- example: :person, :crud

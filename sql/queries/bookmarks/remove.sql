-- User $1 removes their bookmark of crud $2.
with person as (
	select uuid
	  from users
	 where uuid = $1
	   for key share
), crud as (
	select uuid
	  from activities
	 where uuid = $2
	   and (select count(*) from person) > 0
	   for key share
)
delete from bookmarks
 using crud
 where bookmarks.user_uuid = $1
   and bookmarks.activity_uuid = crud.uuid
-- example: :person, :crud

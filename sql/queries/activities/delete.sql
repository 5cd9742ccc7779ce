-- Delete crud $2 of user $1; everything that references it cascades. A reply's crud is locked first,
-- because the deletion changes its counter.
with parent as (
	select parent.uuid
	  from activities reply
	  join activities parent on parent.uuid = reply.reply_to_activity_uuid
	 where reply.uuid = $2
	   and reply.user_uuid = $1
	   and reply.expires_at > now()
	   for no key update of parent
)
delete from activities
 where uuid = $2
   and user_uuid = $1
   and expires_at > now()
   and (select count(*) from parent) <= 1
returning uuid
-- example: :person, :crud

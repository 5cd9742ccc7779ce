-- Mark notification $2 of user $1 and all older ones as read; all of them if $2 is null. No row is
-- returned if $2 does not exist. Calls for one person wait for each other at the person's row, so a
-- notification that another transaction has locked is being deleted: it is skipped, not waited for.
with person as (
	select uuid
	  from users
	 where uuid = $1
	   for no key update
), newest as (
	select created_at, uuid
	  from (select uuid, user_uuid, created_at, expires_at
	          from notifications
	         where uuid = $2
	         limit 1) as shown
	 where user_uuid = $1
	   and expires_at > now()
	 union all
	select 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
	 where $2 is null
), unread as (
	select n.uuid
	  from person
	  join notifications n on n.user_uuid = person.uuid
	  join newest on (n.created_at, n.uuid) <= (newest.created_at, newest.uuid)
	 where n.read_at is null
	   and n.expires_at > now()
	   for no key update of n skip locked
), marked as (
	update notifications
	   set read_at = now()
	  from unread
	 where notifications.uuid = unread.uuid
)
select 1
  from newest
-- example: :person, null

-- Mark all notifications of user $1 as read.
update notifications
   set read_at = now()
 where user_uuid = $1
   and read_at is null
   and expires_at > now()
-- example: :person

-- $1 has read all that they were told.
update notifications
   set read_at = now()
 where user_uuid = $1
   and read_at is null
   and expires_at > now()

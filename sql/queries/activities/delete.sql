-- Delete crud $2 of $1; all that hangs on it goes with it.
delete from activities
 where uuid = $2
   and user_uuid = $1
   and expires_at > now()
returning uuid

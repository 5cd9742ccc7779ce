-- The export of user $1 is complete.
update exports
   set ready_at = now()
 where user_uuid = $1
-- example: :person

-- Delete crud $2 of user $1; everything that references it cascades.
delete from activities
 where uuid = $2
   and user_uuid = $1
   and expires_at > now()
returning uuid
-- example: :person, :crud

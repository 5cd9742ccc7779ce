-- Delete at most $2 parts of the export of user $1, which is written again.
delete from export_parts
 where (user_uuid, number) in (select user_uuid, number from export_parts where user_uuid = $1 limit $2::int)
-- example: :person, 100

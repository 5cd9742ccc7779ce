-- The export that waits for the longest time, after the one of user $2 asked for at $1, and its user.
-- Deleted people get none.
select e.requested_at, e.user_uuid
  from exports e
  join users u on u.uuid = e.user_uuid
 where e.ready_at is null
   and (e.requested_at, e.user_uuid) > ($1::timestamptz, $2::uuid)
   and u.deleted_at is null
 order by e.requested_at, e.user_uuid
 limit 1
-- example: '-infinity', '00000000-0000-0000-0000-000000000000'

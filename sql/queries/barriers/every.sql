-- All blocks, 100 of them in the order of the uuids, after that of user $1 and user $2; without those of
-- people who are being erased.
select user_uuid, other_uuid
  from barriers
 where blocks_since is not null
   and (user_uuid, other_uuid) > ($1::uuid, $2::uuid)
   and (select count(*) = 0 from users
         where uuid in (barriers.user_uuid, barriers.other_uuid) and deleted_at is not null)
 order by user_uuid, other_uuid
 limit 100
-- example: '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'

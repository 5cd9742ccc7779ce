-- The user with handle $2 (case-insensitive), unless suspended, and what is between $1 and them. Nobody
-- can block or mute anybody yet.
select uuid, handle,
       (select count(*) > 0 from follows
         where user_uuid = $1 and followed_uuid = users.uuid) as following,
       (select count(*) > 0 from follows
         where user_uuid = users.uuid and followed_uuid = $1) as followed_by,
       false as blocking, false as muting
  from users
 where lower(handle) = lower($2)
   and suspended_at is null
-- example: :person, 'person_2'

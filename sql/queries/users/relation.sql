-- The user with handle $2 (case-insensitive), unless suspended, and what is between $1 and them;
-- `closed`: one of them blocks the other.
select uuid, handle,
       (select count(*) > 0 from follows
         where user_uuid = $1 and followed_uuid = users.uuid) as following,
       (select count(*) > 0 from follows
         where user_uuid = users.uuid and followed_uuid = $1) as followed_by,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = users.uuid and blocks_since is not null) as blocking,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = users.uuid and mutes_since is not null) as muting,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = users.uuid and closed) as closed
  from users
 where lower(handle) = lower($2)
   and suspended_at is null
-- example: :person, 'person_2'

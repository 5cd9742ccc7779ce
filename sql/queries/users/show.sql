-- The user with handle $1 (case-insensitive) as operators see them. Times are in microseconds since
-- 1970. Cruds are those that live, or would if the user were not suspended.
select uuid, handle, display_name, cognito_user_id,
       (extract(epoch from created_at) * 1000000)::bigint as created_at,
       (extract(epoch from suspended_at) * 1000000)::bigint as suspended_at,
       (extract(epoch from deleted_at) * 1000000)::bigint as deleted_at,
       (select count(*)
          from activities
         where user_uuid = users.uuid
           and coalesce(held_until, expires_at) > now()) as cruds
  from users
 where lower(handle) = lower($1)
-- example: 'person_1'

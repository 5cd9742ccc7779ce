-- The next erasure after that of user $1 which has not ended and began at least $2 milliseconds ago: the
-- user, the subject of their account (null: there is no account to delete), and the next step.
select user_uuid, subject, step
  from erasures
 where finished_at is null
   and user_uuid > $1::uuid
   and begun_at <= now() - $2::bigint * interval '1 ms'
 order by user_uuid
 limit 1
-- example: '00000000-0000-0000-0000-000000000000', 6000

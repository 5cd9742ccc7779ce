-- The people who follow the user with handle $2 (case-insensitive), latest first, below position
-- ($3, $4), at most $5, as user $1 sees them. Begins with the columns of a person. People who block $1, or
-- whom $1 blocks, are left out. Without such people there is one row of nulls; none when nobody has the
-- handle.
select p.uuid, p.handle, p.display_name, p.bio, p.cruds_count, p.followers_count, p.following_count,
       r.following, r.followed_by, r.blocking, r.muting,
       (extract(epoch from page.created_at) * 1000000)::bigint as created_at
  from (select uuid
          from users
         where lower(handle) = lower($2)
           and suspended_at is null
         limit 1) as who
  left join lateral (select uuid, created_at
                       from (select user_uuid as uuid, created_at
                               from follows
                              where followed_uuid = who.uuid
                                and (created_at, user_uuid) < ($3::timestamptz, $4::uuid)
                                and (select suspended_at is null
                                       from users
                                      where uuid = user_uuid)
                                and (select count(*) = 0 from barriers
                                      where user_uuid = $1
                                        and other_uuid in (who.uuid, follows.user_uuid)
                                        and closed)
                              order by created_at desc, user_uuid desc
                              limit 101) as latest
                      order by created_at desc, uuid desc
                      limit $5::int) as page on true
  left join people p on p.uuid = page.uuid
  left join lateral relation_of($1, p.uuid) as r on true
 order by page.created_at desc, page.uuid desc
-- example: :person, 'person_2', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

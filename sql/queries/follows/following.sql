-- The people whom the user with handle $2 (case-insensitive) follows,
-- latest first, below position ($3, $4), at most $5, as user $1 sees them. Begins with the columns of a
-- person. People who block $1, or whom $1 blocks, are left out. Without such people there is one row of nulls; none when nobody has the handle.
select u.uuid, u.handle, u.display_name, u.bio,
       (select count(*)
          from activities
         where user_uuid = u.uuid
           and not is_reply
           and expires_at > now()) as cruds_count,
       coalesce(counts.followers, 0) as followers_count,
       coalesce(counts.following, 0) as following_count,
       (select count(*) > 0 from follows
         where user_uuid = $1 and followed_uuid = u.uuid) as following,
       (select count(*) > 0 from follows
         where user_uuid = u.uuid and followed_uuid = $1) as followed_by,
       false as blocking,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = u.uuid and mutes_since is not null) as muting,
       (extract(epoch from page.created_at) * 1000000)::bigint as created_at
  from (select uuid
          from users
         where lower(handle) = lower($2)
           and suspended_at is null
         limit 1) as who
  left join lateral (select uuid, created_at
                       from (select followed_uuid as uuid, created_at
                               from follows
                              where user_uuid = who.uuid
                                and (created_at, followed_uuid) < ($3::timestamptz, $4::uuid)
                                and (select suspended_at is null
                                       from users
                                      where uuid = followed_uuid)
                                and (select count(*) = 0 from barriers
                                      where user_uuid = $1
                                        and other_uuid in (who.uuid, follows.followed_uuid)
                                        and closed)
                              order by created_at desc, followed_uuid desc
                              limit 101) as latest
                      order by created_at desc, uuid desc
                      limit $5::int) as page on true
  left join users u on u.uuid = page.uuid
  left join follow_counts counts on counts.user_uuid = u.uuid
 order by page.created_at desc, page.uuid desc
-- example: :person, 'person_2', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

-- The people whom user $1 blocks, the latest first, below position ($2, $3), at most $4. Begins with the
-- columns of a person.
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
       page.blocks_since is not null as blocking, page.mutes_since is not null as muting,
       (extract(epoch from page.blocks_since) * 1000000)::bigint as created_at
  from (select other_uuid, blocks_since, mutes_since
          from (select other_uuid, blocks_since, mutes_since
                  from barriers
                 where user_uuid = $1
                   and blocks_since is not null
                   and (blocks_since, other_uuid) < ($2::timestamptz, $3::uuid)
                   and (select suspended_at is null
                          from users
                         where uuid = other_uuid)
                 order by blocks_since desc, other_uuid desc
                 limit 101) as latest
         order by blocks_since desc, other_uuid desc
         limit $4::int) as page
  join users u on u.uuid = page.other_uuid
  left join follow_counts counts on counts.user_uuid = u.uuid
 order by page.blocks_since desc, page.other_uuid desc
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

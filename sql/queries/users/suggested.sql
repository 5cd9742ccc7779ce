-- The people whom user $1 may want to follow: those whom the people that $1 follows follow, then those whom
-- most people follow; nobody whom $1 follows, blocks or mutes, or who blocks $1. It looks at the latest 100
-- people of $1, the latest 50 of each of them, and the 500 whom most people follow. Below position
-- ($2, $3, $4), at most $5. Begins with the columns of a person; then come those of the position: the number of
-- people of $1 who follow them, and their followers.
select p.uuid, p.handle, p.display_name, p.bio, p.cruds_count, p.followers_count, p.following_count,
       r.following, r.followed_by, r.blocking, r.muting,
       page.rank, page.followers
  from (select u.uuid, max(common)::int as rank, coalesce(counts.followers, 0) as followers
          from (select theirs.followed_uuid as uuid, count(*) as common
                  from (select followed_uuid as uuid
                          from follows
                         where user_uuid = $1
                         order by created_at desc, followed_uuid desc
                         limit 100) as mine
                 cross join lateral (select followed_uuid
                                       from follows
                                      where user_uuid = mine.uuid
                                      order by created_at desc, followed_uuid desc
                                      limit 50) as theirs
                 group by 1
                 union all
                (select user_uuid, 0
                   from follow_counts
                  where followers > 0
                  order by followers desc, user_uuid desc
                  limit 500)) as candidates
          join users u on u.uuid = candidates.uuid
          left join follow_counts counts on counts.user_uuid = u.uuid
         where u.uuid <> $1
           and u.suspended_at is null
           and (select count(*) = 0 from follows where user_uuid = $1 and followed_uuid = u.uuid)
           and (select count(*) = 0 from barriers where user_uuid = $1 and other_uuid = u.uuid)
         group by u.uuid, counts.followers
        having (max(common)::int, coalesce(counts.followers, 0), u.uuid) < ($2::int, $3::int, $4::uuid)
         order by rank desc, followers desc, u.uuid desc
         limit $5::int) as page
  join people p on p.uuid = page.uuid
 cross join lateral relation_of($1, p.uuid) as r
 order by page.rank desc, page.followers desc, page.uuid desc
-- example: :person, 2147483647, 2147483647, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

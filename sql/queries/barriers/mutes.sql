-- The people whom user $1 mutes, the latest first, below position ($2, $3), at most $4. Begins with the
-- columns of a person.
select p.uuid, p.handle, p.display_name, p.bio, p.cruds_count, p.followers_count, p.following_count,
       r.following, r.followed_by, r.blocking, r.muting,
       (extract(epoch from page.mutes_since) * 1000000)::bigint as created_at
  from (select other_uuid, mutes_since
          from (select other_uuid, mutes_since
                  from barriers
                 where user_uuid = $1
                   and mutes_since is not null
                   and (mutes_since, other_uuid) < ($2::timestamptz, $3::uuid)
                   and (select suspended_at is null
                          from users
                         where uuid = other_uuid)
                 order by mutes_since desc, other_uuid desc
                 limit 101) as latest
         order by mutes_since desc, other_uuid desc
         limit $4::int) as page
  join people p on p.uuid = page.other_uuid
 cross join lateral relation_of($1, p.uuid) as r
 order by page.mutes_since desc, page.other_uuid desc
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

-- The people whom the term $2 finds for user $1 (null: anonymous), those whom $1 follows first, then those
-- whom most people follow, below position ($3, $4, $5), at most $6. Begins with the columns of a person;
-- then come those of the position.
select p.uuid, p.handle, p.display_name, p.bio, p.cruds_count, p.followers_count, p.following_count,
       r.following, r.followed_by, r.blocking, r.muting,
       page.rank, page.followers
  from (select person, rank, followers
          from people_found($1::uuid, $2::text)
         where (rank, followers, person) < ($3::int, $4::int, $5::uuid)
         order by rank desc, followers desc, person desc
         limit $6::int) as page
  join people p on p.uuid = page.person
 cross join lateral relation_of($1, p.uuid) as r
 order by page.rank desc, page.followers desc, page.person desc
-- example: :person, 'person', 2147483647, 2147483647, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21

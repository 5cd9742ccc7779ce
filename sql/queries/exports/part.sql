-- The export of user $1, unless it is a day old: whether it is ready, when it was asked for (microseconds
-- since 1970), its part $2 (null: it has fewer parts), and whether another part follows.
select e.ready_at is not null as ready,
       (extract(epoch from e.requested_at) * 1000000)::bigint as requested_at,
       (select p.lines
          from export_parts p
         where p.user_uuid = e.user_uuid and p.number = $2::int and e.ready_at is not null) as lines,
       (select count(*) > 0
          from export_parts p
         where p.user_uuid = e.user_uuid and p.number = $2::int + 1) as more
  from exports e
 where e.user_uuid = $1
   and (e.ready_at is null or e.ready_at > now() - interval '24 hours')
-- example: :person, 0

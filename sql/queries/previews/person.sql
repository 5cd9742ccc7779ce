-- The person with handle $1 (case-insensitive), for the head of their page. `gone`: the account has been
-- deleted, in the last 90 days; nothing else is shown then. A suspended person has no row.
select handle, display_name, bio, deleted_at is not null as gone
  from users
 where lower(handle) = lower($1::text)
   and (suspended_at is null or deleted_at is not null)
 union all
select null, null, null, true
  from erased_handles
 where digest = handle_digest($1)
   and erased_at > now() - interval '90 days'
   and (select count(*) = 0 from users where lower(handle) = lower($1))
 limit 1
-- example: 'person_1'

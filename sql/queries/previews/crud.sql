-- Crud $1, for the head of its page. `gone`: it has expired, or its author has deleted the account; nothing
-- else is shown then. A crud of a suspended person has no row.
select handle, display_name, message, gone, created_at,
       case when not gone then (extract(epoch from expires_at) * 1000000)::bigint end as expires_at
  from (select u.handle, u.display_name, a.message, a.expires_at,
               (extract(epoch from a.created_at) * 1000000)::bigint as created_at,
               a.expires_at <= now() or u.deleted_at is not null as gone
          from activities a
          join users u on u.uuid = a.user_uuid
         where a.uuid = $1::uuid
           and (u.suspended_at is null or u.deleted_at is not null)) as found
-- example: :crud

-- User $1 asks for an export. Nothing happens while there is one that is not a day old. Returns when it was
-- asked for, in microseconds since 1970.
insert into exports (user_uuid)
values ($1)
    on conflict (user_uuid) do update
   set requested_at = case when exports.ready_at <= now() - interval '24 hours' then now()
                           else exports.requested_at end,
       ready_at = case when exports.ready_at > now() - interval '24 hours' then exports.ready_at end
returning (extract(epoch from requested_at) * 1000000)::bigint as requested_at
-- example: :person

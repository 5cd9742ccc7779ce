-- Reserve report $2 for a request of moderator $1 that removes a message, for longer than a request may
-- take. No row is returned when it is resolved or reserved, or about $1.
update reports
   set claimed_until = now() + interval '10 seconds'
 where uuid = $2
   and resolved_at is null
   and (claimed_until is null or claimed_until < now())
   and reported_uuid is distinct from $1::uuid
returning uuid
-- example: :person, '00000000-0000-4000-8000-000000000002'

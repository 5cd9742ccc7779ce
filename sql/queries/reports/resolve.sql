-- Moderator $1 resolves report $2 by action $3 with note $4; $5: the request has reserved the report.
-- Returns what has come of it (report_resolve).
values (report_resolve($1::uuid, $2::uuid, $3::text, $4::text, $5::boolean))
-- example: :person, '00000000-0000-4000-8000-000000000002', 'dismiss', null, false

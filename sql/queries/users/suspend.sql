-- Suspend the user with handle $1 (case-insensitive), or with $2 false end the suspension. Returns the
-- user; null when nobody has the handle.
values (person_set_suspended($1::text, $2::boolean))
-- example: 'person_1', true

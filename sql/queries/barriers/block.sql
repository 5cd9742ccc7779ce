-- User $1 blocks the user with handle $2 (case-insensitive), who is not suspended; a second time changes
-- nothing.
values (person_set_blocking($1::uuid, $2::text, true))
-- example: :person, 'person_2'

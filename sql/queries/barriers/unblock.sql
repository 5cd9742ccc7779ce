-- User $1 no longer blocks the user with handle $2 (case-insensitive).
values (person_set_blocking($1::uuid, $2::text, false))
-- example: :person, 'person_2'

-- Register user $1: subject $2 with handle $3, display name $4 and e-mail $5. Does nothing if there is
-- such a user, or one with such a handle. Concurrent first requests of one account all succeed. The
-- conflict clause names no index, so that all are looked up before the insertion: waiting for a handle
-- while holding the subject could deadlock with set_subject.sql.
insert into users (uuid, cognito_user_id, handle, display_name, email)
values ($1, $2, $3, $4, $5)
    on conflict do nothing
-- example: 'c0c4dc75-8edf-5cac-a52b-0f9a39ac1a9b', 'sub', 'handle', 'name', null

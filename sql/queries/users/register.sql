-- Register subject $1 with handle $2, display name $3 and e-mail $4, unless the subject or the handle
-- has a row. The conflict clause names no index, so that both are looked up before the insertion:
-- waiting for a handle while holding the subject could deadlock with set_subject.sql.
insert into users (cognito_user_id, handle, display_name, email)
values ($1, $2, $3, $4)
    on conflict do nothing
-- example: 'sub', 'handle', 'name', null

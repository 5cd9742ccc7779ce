-- Register subject $1 with handle $2, display name $3 and e-mail $4. Concurrent first requests of
-- one account all succeed.
insert into users (cognito_user_id, handle, display_name, email)
values ($1, $2, $3, $4)
    on conflict (cognito_user_id) do nothing
-- example: 'sub', 'handle', 'name', null

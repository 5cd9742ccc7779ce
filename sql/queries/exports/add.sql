-- Part $2 of the export of user $1: the lines $3.
insert into export_parts (user_uuid, number, lines)
values ($1, $2::int, $3)
    on conflict (user_uuid, number) do update
   set lines = excluded.lines
-- example: :person, 0, '{}'

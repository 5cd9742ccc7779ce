-- The users $1, an array of uuids, as others see them. Begins with the columns of names.sql.
select uuid,
       case when deleted_at is null then handle else 'deleted' end as handle,
       case when deleted_at is null then display_name else 'Deleted person' end as display_name,
       read_receipts,
       case when deleted_at is null then bio end as bio
  from users
 where uuid = any ($1::uuid[])
-- example: array[:person]::uuid[]

-- The current names of the users $1, an array of uuids, and whether they send and get read receipts. The
-- names of somebody who is being erased are HANDLE_DELETED and NAME_DELETED (base/handle.h).
select uuid,
       case when deleted_at is null then handle else 'deleted' end as handle,
       case when deleted_at is null then display_name else 'Deleted person' end as display_name,
       read_receipts
  from users
 where uuid = any ($1::uuid[])
-- example: array[:person]::uuid[]

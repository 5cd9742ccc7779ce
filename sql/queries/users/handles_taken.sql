-- Those of the handles $1, an array, that nobody can register: a person has them, or one that looks
-- alike, or somebody had who was deleted less than 90 days ago.
select asked.handle
  from unnest($1::text[]) as asked (handle)
  join handle_skeletons s on s.skeleton = handle_skeleton(asked.handle)
 union
select asked.handle
  from unnest($1::text[]) as asked (handle)
  join users u on lower(u.handle) = lower(asked.handle)
 union
select asked.handle
  from unnest($1::text[]) as asked (handle)
  join erased_handles e on e.digest = handle_digest(asked.handle)
   and e.erased_at > now() - interval '90 days'
-- example: array['person_1', 'person_0']

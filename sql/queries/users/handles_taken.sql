-- Those of the handles $1, an array, that nobody can register: a person has them, or one that looks
-- alike.
select asked.handle
  from unnest($1::text[]) as asked (handle)
  join handle_skeletons s on s.skeleton = handle_skeleton(asked.handle)
 union
select asked.handle
  from unnest($1::text[]) as asked (handle)
  join users u on lower(u.handle) = lower(asked.handle)
-- example: array['person_1', 'person_0']

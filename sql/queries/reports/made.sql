-- Earlier reports of user $1: the request (digest) that key $3 has made in the last 24 hours; whether $1 has
-- reported thing $2; the author of crud $4, if $1 may see it.
select (select request
          from idempotency_keys
         where user_uuid = $1
           and key = $3::text
           and created_at > now() - interval '24 hours') as request,
       (select count(*) > 0 from reports where reporter_uuid = $1 and thing = $2) as reported,
       (select user_uuid
          from cruds
         where uuid = $4::uuid
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = cruds.user_uuid and closed)) as author_uuid
-- example: :person, 'crud:00000000-0000-0000-0000-000000000000', 'key', :crud

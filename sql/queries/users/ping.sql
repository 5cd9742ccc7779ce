-- Does PostgreSQL answer, with our schema?
select count(*)
  from (select 1 from users limit 1) as one

-- migrate:up

-- One index for who reposted a crud and when. With a second one by time the planner, which knows only how many
-- reposts a crud has on average, looked all reposts of a crud through for those of one person.
alter table reposts drop constraint reposts_pkey, add constraint reposts_pkey primary key using index reposts_key;
drop index reposts_first;

-- migrate:down
alter table reposts drop constraint reposts_pkey, add primary key (activity_uuid, user_uuid);
create index reposts_first on reposts (activity_uuid, created_at, user_uuid);

-- migrate:up

-- The cruds that end next. Replies end together with their cruds, and there may be many of them.
create index activities_ending on activities (expires_at, uuid) where not is_reply;

-- migrate:down
drop index activities_ending;

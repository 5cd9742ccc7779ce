-- migrate:up

-- A notification of a follow has no crud; it ends after 30 days. There is at most one for two people: the
-- end of a follow ends it, and a follow within 24 hours of the last one brings it back as read, so that
-- nobody is disturbed by somebody who follows again and again.
alter table notifications drop constraint notifications_kind_check;
alter table notifications add constraint notifications_kind_check
	check (kind in ('reply', 'like', 'repost', 'mention', 'follow')) not valid;
alter table notifications validate constraint notifications_kind_check;
alter table notifications alter column activity_uuid drop not null;
alter table notifications add constraint notifications_activity_check
	check ((activity_uuid is null) = (kind = 'follow')) not valid;
alter table notifications validate constraint notifications_activity_check;
create unique index notifications_follow on notifications (user_uuid, actor_uuid) where kind = 'follow';
-- what bin/db/purge-expired deletes
create index notifications_follow_age on notifications (created_at) where kind = 'follow';

create function follows_end_notification() returns trigger
language plpgsql as $$
begin
	update notifications
	   set expires_at = '-infinity', held_until = null
	 where user_uuid = old.followed_uuid
	   and actor_uuid = old.user_uuid
	   and kind = 'follow';
	return null;
end
$$;
create trigger follows_end_notification after delete on follows
	for each row execute function follows_end_notification();

-- migrate:down
drop trigger follows_end_notification on follows;
drop function follows_end_notification;
delete from notifications where kind = 'follow';
drop index notifications_follow_age, notifications_follow;
alter table notifications drop constraint notifications_activity_check;
alter table notifications alter column activity_uuid set not null;
alter table notifications drop constraint notifications_kind_check;
alter table notifications add constraint notifications_kind_check
	check (kind in ('reply', 'like', 'repost', 'mention'));

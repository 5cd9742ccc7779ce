-- migrate:up

-- Of whom a person wants notifications of each kind. The defaults are constants, so no row is rewritten.
set local lock_timeout = '5s';

alter table users
  add column notify_replies text not null default 'everyone'
    check (notify_replies in ('everyone', 'following', 'nobody')),
  add column notify_mentions text not null default 'everyone'
    check (notify_mentions in ('everyone', 'following', 'nobody')),
  add column notify_likes text not null default 'everyone'
    check (notify_likes in ('everyone', 'following', 'nobody')),
  add column notify_reposts text not null default 'everyone'
    check (notify_reposts in ('everyone', 'following', 'nobody')),
  add column notify_follows text not null default 'everyone'
    check (notify_follows in ('everyone', 'following', 'nobody'));

-- Whether `receiver` is told what `actor` did: not of somebody whom `receiver` blocks or mutes, nor of
-- what `receiver` does not want to hear of. Volatile, as barrier_hides: it sees what was committed while the
-- statement waited for its locks.
create function notification_wanted(receiver uuid, actor uuid, kind text) returns boolean
language plpgsql volatile as $$
declare
	wanted text;
begin
	if barrier_hides(receiver, actor) then
		return false;
	end if;
	select case kind
	         when 'reply' then notify_replies
	         when 'mention' then notify_mentions
	         when 'like' then notify_likes
	         when 'repost' then notify_reposts
	         when 'follow' then notify_follows
	       end
	  into wanted
	  from users
	 where uuid = receiver;
	return wanted = 'everyone'
	    or wanted = 'following'
	       and exists (select from follows where user_uuid = receiver and followed_uuid = actor);
end
$$;

-- migrate:down

drop function notification_wanted;
alter table users
  drop column notify_replies,
  drop column notify_mentions,
  drop column notify_likes,
  drop column notify_reposts,
  drop column notify_follows;

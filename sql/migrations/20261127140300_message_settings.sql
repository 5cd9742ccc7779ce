-- migrate:up

-- The settings of people: from whom they take first messages, and whether others see how far they have
-- read. The defaults are constants, so no row is rewritten.
set local lock_timeout = '5s';

alter table users
  add column messages_from text not null default 'everyone'
    check (messages_from in ('everyone', 'requests', 'following', 'nobody')),
  add column read_receipts boolean not null default true;

-- migrate:down

alter table users
  drop column messages_from,
  drop column read_receipts;

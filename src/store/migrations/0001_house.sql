-- The house: people, the inbox and outbox, the clock, forms as they were asked, and feedback.
-- All times are instants. Ids that people see are numbers; all others are uuids. What holds a form is json, not jsonb,
-- which would forget the order of its fields.

create table groundcrew.person (
  id          uuid primary key,
  name        text not null,
  email       text unique,                 -- verified by the platform that told us, in lower case
  zone        text not null default 'UTC', -- IANA
  zone_chosen boolean not null default false, -- set by the person: no platform overwrites it
  persona     text,
  created_at  timestamptz not null default now()
);

create table groundcrew.account (
  id        text primary key,              -- slack:<team>/<user> | teams:<tenant>/<aad object id>
  person    uuid not null references groundcrew.person (id),
  platform  text not null,
  name      text not null,
  email     text,
  active    boolean not null default true,
  looked_up timestamptz,                   -- when the platform's directory was last asked; null: never
  used      timestamptz                    -- when the person last acted with it
);
-- Who became one with whom: rows and stored views may still name the former.
create table groundcrew.person_alias (
  former uuid primary key,
  person uuid not null references groundcrew.person (id)
);

create index account_person on groundcrew.account (person);

-- Members of Slack user groups and Teams teams that groundcrew.yaml names.
create table groundcrew.group_member (
  platform text not null,
  grp      text not null,
  account  text not null,
  primary key (platform, grp, account)
);
create index group_member_account on groundcrew.group_member (account);

-- How a Teams conversation is reached (serviceUrl, ids, installed); Slack needs none.
create table groundcrew.conversation (
  place     text primary key,
  account   text,                          -- the person's account when it is a 1:1 chat
  reference jsonb not null,
  installed boolean not null,
  seen      timestamptz not null default now()
);
create index conversation_account on groundcrew.conversation (account);

-- One row per arrival: the same delivery twice has one effect and the same answer.
create table groundcrew.inbox (
  delivery text primary key,
  kind     text not null,
  at       timestamptz not null,
  account  text,
  origin   jsonb,                          -- what an adapter needs to answer; cleared when settled
  replies  json not null default '[]',
  tried    timestamptz,                    -- when an unsettled answer was last taken up again
  settled  boolean not null default true   -- false while replies wait for their confirmation
);
create index inbox_unsettled on groundcrew.inbox (at) where not settled;
create index inbox_at on groundcrew.inbox (at);

-- What is to be delivered, in order within a lane (a channel, a person's direct messages).
create table groundcrew.outbox (
  seq        bigint generated always as identity primary key,
  lane       text not null,
  kind       text not null,                -- say | edit | tell | home | act
  key        text not null,
  slot       text not null,                -- a place, direct:<person>, or the account of a home page
  body       jsonb not null,
  state      text not null default 'waiting', -- waiting | sending | done | superseded | gone | refused
  attempts   int not null default 0,
  not_before timestamptz not null default now(),
  lease      timestamptz,                  -- while sending: until when the claim holds
  first_try  timestamptz,
  unsure     boolean not null default false, -- an attempt may have been carried out
  why        text,
  delivery   text not null,                -- the inbound that caused it
  at         timestamptz not null default now(),
  ended      timestamptz
);
create index outbox_head on groundcrew.outbox (lane, seq) where ended is null;
create index outbox_open on groundcrew.outbox (not_before) where ended is null;
create index outbox_ended on groundcrew.outbox (ended) where ended is not null;

-- Where each message of ours is. One key may stand in several places.
create table groundcrew.message (
  key    text not null,
  slot   text not null,                    -- a place, or direct:<person>
  place  text,                             -- known once delivered
  native text,                             -- the platform's id of the message, once confirmed
  posts  int not null default 1,           -- how often it was posted: anew once, when a person deleted it
  lane   text not null,
  at     timestamptz not null default now(),
  primary key (key, slot)
);

create table groundcrew.due (
  key   text primary key,
  job   text not null,
  input jsonb not null,
  at    timestamptz not null
);
create index due_at on groundcrew.due (at);

create table groundcrew.asked (
  id      uuid primary key,
  account text not null,
  form    json not null,
  carry   text not null,
  prior   jsonb not null,
  at      timestamptz not null,
  place   text,
  done    boolean not null default false
);
create index asked_at on groundcrew.asked (at);

create table groundcrew.feedback (
  number    int generated always as identity primary key,
  requester uuid not null references groundcrew.person (id),
  account   text not null,                 -- the login they asked with: where they are told
  what      text not null,
  why       text not null,
  pain      int not null,                  -- how much it hurts, 1 to 5
  permalink text,                          -- the message it came from
  state     text not null,
  created   timestamptz not null,
  changed   timestamptz not null
);
create index feedback_requester on groundcrew.feedback (requester, number);

create table groundcrew.feedback_move (
  id       bigint generated always as identity primary key,
  feedback int not null references groundcrew.feedback (number),
  by       uuid not null references groundcrew.person (id),
  move     text not null,
  state    text not null,                  -- the state after the move
  words    text,                           -- a reason, a question or an answer
  at       timestamptz not null
);
create index feedback_move_feedback on groundcrew.feedback_move (feedback, id);

create index conversation_tenant on groundcrew.conversation ((reference ->> 'tenantId'), seen desc) where installed;
create index feedback_open on groundcrew.feedback (pain desc, number) where state not in ('shipped', 'declined');
create index feedback_move_by on groundcrew.feedback_move (by);
create index person_alias_person on groundcrew.person_alias (person);

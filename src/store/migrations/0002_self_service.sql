-- Runs: what a backend is asked to do. The row is written with the request that wants it; a runner claims it.
create table groundcrew.run (
  key       text primary key,
  backend   text not null,
  "order"   jsonb not null,
  progress  jsonb not null,
  attempt   int not null default 0,
  cancelled boolean not null default false,
  holder    text,                           -- the process that carries it out
  lease     timestamptz,                    -- until when the claim holds, by the database's clock
  created   timestamptz not null,
  ended     timestamptz
);
create index run_open on groundcrew.run (created) where ended is null;

-- Things that golden paths made.
create table groundcrew.resource (
  id       uuid primary key,
  slug     text not null unique,
  name     text not null,
  identity text not null,
  path     text not null,
  version  text not null,
  "values" jsonb not null,
  team     text not null,
  owner    uuid not null references groundcrew.person (id),
  state    text not null,                   -- see src/core/resources/store.ts
  outputs  jsonb not null default '[]',
  quota_kind   text,
  quota_amount numeric,
  currency text,
  cents    int,                             -- per month
  created  timestamptz not null,
  changed  timestamptz not null,
  expires  timestamptz,
  extended int not null default 0,
  -- To whom it was offered: a person or a team, by its owner or, when that one left, by nobody.
  offered_person uuid references groundcrew.person (id),
  offered_team   text,
  offered_by     uuid references groundcrew.person (id),
  offered_at     timestamptz,
  -- Who would like it to live for longer than its path allows, and until when.
  asked_by    uuid references groundcrew.person (id),
  asked_until timestamptz
);
create unique index resource_living on groundcrew.resource (identity) where state <> 'gone';
create index resource_owner on groundcrew.resource (owner, created desc) where state <> 'gone';
create index resource_team on groundcrew.resource (team, created desc) where state <> 'gone';
create index resource_path on groundcrew.resource (path) where state <> 'gone';
create index resource_name on groundcrew.resource (lower(name)) where state <> 'gone';

-- One row a team: locked by whoever takes something of its quota, so that two come one after the other.
create table groundcrew.team_quota (team text primary key);

-- What people asked for.
create table groundcrew.request (
  number    int generated always as identity primary key,
  verb      text not null,
  operation text,
  resource  uuid references groundcrew.resource (id),
  path      text not null,
  version   text not null,
  "values"  jsonb not null,
  team      text not null,
  requester uuid not null references groundcrew.person (id),
  account   text not null,
  place     text,
  state     text not null,
  preview   jsonb,
  verdict   jsonb,
  currency  text,
  cents     int,
  decided   jsonb,
  run       text references groundcrew.run (key),
  tries     int not null default 0,
  plans     int not null default 0,         -- how often what would happen was looked at
  said      text,
  created   timestamptz not null,
  changed   timestamptz not null,
  accepted  timestamptz,                    -- when it was confirmed and allowed
  ready     timestamptz
);
create index request_requester on groundcrew.request (requester, number desc);
create index request_resource on groundcrew.request (resource) where resource is not null;
create index request_run on groundcrew.request (run) where run is not null;
create index request_created on groundcrew.request (created);
create index request_waiting on groundcrew.request (created) where state = 'awaiting-approval';

-- What was done, by whom: append-only, each entry chained by hash to the one before.
create table groundcrew.audit (
  seq     bigint primary key,
  at      timestamptz not null,
  who     text not null,
  what    text not null,
  about   text not null,
  details jsonb not null,
  before  text not null,
  hash    text not null unique
);
create index audit_about on groundcrew.audit (about, seq);
create table groundcrew.audit_head (one boolean primary key default true check (one), seq bigint not null, hash text not null);

-- How fresh each golden path is: the last canary that went through, and failures in a row since.
create table groundcrew.path_health (
  path     text primary key,
  version  text not null,
  verified timestamptz,
  failures int not null default 0,
  hidden   boolean not null default false,
  said     text,
  started  timestamptz not null,
  run      text,                            -- the one that is under way
  wanted   uuid references groundcrew.person (id)
);

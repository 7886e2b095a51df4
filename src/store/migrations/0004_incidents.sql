-- One failure of one workload, from its opening to its end. Several that open at the same moment share one message.
create table groundcrew.incident (
  id        uuid primary key,
  number    int generated always as identity unique,
  cluster   text not null,
  subject   text not null,                  -- kind/namespace/name
  family    text not null,
  state     text not null,                  -- open, recovering, resolved
  cause     text not null,
  verdict   jsonb not null,
  service   jsonb,
  team      text,
  message   text,                           -- null: it was muted when it opened
  opened    timestamptz not null,
  changed   timestamptz not null,
  well      timestamptz,                    -- since when nothing is wrong with it
  resolved  timestamptz,
  "into"    int,                            -- the incident that it turned out to be part of
  taken     uuid references groundcrew.person (id),
  fix       jsonb                           -- the last one that was pressed, and what came of it
);
create unique index incident_living on groundcrew.incident (cluster, subject, family) where state <> 'resolved';
create index incident_subject on groundcrew.incident (cluster, subject, family, opened desc);
create index incident_message on groundcrew.incident (message) where message is not null;
create index incident_opened on groundcrew.incident (opened);

create table groundcrew.incident_mute (
  cluster  text not null,
  scope    text not null,                   -- workload, namespace, cause
  value    text not null,
  until    timestamptz,                     -- null: until there is another revision than this one
  revision text,
  who      uuid not null references groundcrew.person (id),
  at       timestamptz not null,
  primary key (cluster, scope, value)
);

-- Who looks at a cluster, and what was seen of it last.
create table groundcrew.cluster_watch (
  cluster text primary key,
  holder  text,
  lease   timestamptz,                      -- by the database's clock
  seen    timestamptz
);

-- Rollouts that were seen: what the figures count. A baseline was there before we looked.
create table groundcrew.rollout (
  cluster  text not null,
  subject  text not null,
  revision text not null,
  team     text,
  at       timestamptz not null,
  baseline boolean not null,
  primary key (cluster, subject, revision)
);
create index rollout_at on groundcrew.rollout (at);

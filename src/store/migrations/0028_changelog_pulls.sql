-- Merged pull requests that are news. One that was told stays, so that finding it again tells it no second time.
create table groundcrew.changelog_pull (
  repository text not null,
  number     integer not null,
  words      text not null,
  url        text not null,
  merged     timestamptz not null,
  changed    timestamptz not null,
  news       boolean not null,            -- it has the label; without it, it only keeps what is older from counting
  told       boolean not null default false,
  primary key (repository, number)
);

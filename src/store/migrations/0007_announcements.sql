-- What was announced, on every platform at once, and who said that they have read it.

create table groundcrew.announcement (
  number    int generated always as identity primary key,
  content   jsonb not null,                -- kind, title, text, details, link, audience
  author    uuid not null references groundcrew.person (id),
  state     text not null,                 -- draft | planned | posted | retracted | dropped
  created   timestamptz not null,
  changed   timestamptz not null,
  posted    timestamptz,
  corrected timestamptz,                   -- what people had read was changed
  why       text                           -- it was taken back
);
create index announcement_author on groundcrew.announcement (author);

create table groundcrew.announcement_seen (
  announcement int not null references groundcrew.announcement (number),
  person       uuid not null references groundcrew.person (id),
  at           timestamptz not null,
  primary key (announcement, person)
);
create index announcement_seen_person on groundcrew.announcement_seen (person);

-- News that go out by themselves, and those that somebody has to act on.
alter table groundcrew.announcement add column planned timestamptz;

create table groundcrew.announcement_owed (
  id           int generated always as identity primary key,
  announcement int not null references groundcrew.announcement (number),
  person       uuid not null references groundcrew.person (id),
  things       text[] not null,            -- of theirs, as people call them
  done         timestamptz,
  how          text,                       -- said | seen
  unique (announcement, person)
);
create index announcement_owed_person on groundcrew.announcement_owed (person);

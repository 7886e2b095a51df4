-- Who follows which parts of the platform, how, and when they are told.
create table groundcrew.announcement_following (
  person     uuid primary key references groundcrew.person (id),
  once       text[] not null,
  digest     text[] not null,
  hours_from text not null,               -- by their own clock
  hours_to   text not null
);
create index announcement_following_once on groundcrew.announcement_following using gin (once);
create index announcement_following_digest on groundcrew.announcement_following using gin (digest);

-- What waits for the next digest of somebody.
create table groundcrew.announcement_put_by (
  announcement int not null references groundcrew.announcement (number),
  person       uuid not null references groundcrew.person (id),
  primary key (person, announcement)
);

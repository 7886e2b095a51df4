-- Who reacted to an announcement on their platform, and how: it is counted by person.
create table groundcrew.announcement_reaction (
  announcement integer not null references groundcrew.announcement on delete cascade,
  person       uuid not null references groundcrew.person,
  name         text not null,
  primary key (announcement, person, name)
);
create index announcement_reaction_person on groundcrew.announcement_reaction (person);

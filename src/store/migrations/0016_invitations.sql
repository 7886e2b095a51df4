-- What calendars of people are told: by an address that they subscribe to, and by mail.
create table groundcrew.calendar_feed (
  person  uuid not null references groundcrew.person (id),
  series  int not null,              -- 0: what the person takes part in or hosts
  hash    bytea not null unique,     -- SHA-256 of the token in the address
  created timestamptz not null,
  used    timestamptz,
  primary key (person, series)
);

-- What somebody was last mailed of a session.
create table groundcrew.invitation (
  session  int not null references groundcrew.office_session (number),
  person   uuid not null references groundcrew.person (id),
  starts   timestamptz not null,
  minutes  int not null,
  topic    text,
  print    text not null,            -- of all that the mail said
  sequence int not null,
  gone     boolean not null,
  primary key (session, person)
);
create index invitation_person on groundcrew.invitation (person);

-- Office hours: series, their sessions, and who signed up. Dates and times without a zone are those of the series' zone.
create table groundcrew.office_series (
  number       int generated always as identity primary key,
  slug         text unique,                 -- its name in groundcrew.yaml; null: it was made in chat
  kind         text not null,               -- office-hours | demo | workshop
  title        text not null,
  about        text,
  schedule     jsonb not null,              -- when it is: see src/core/calendar
  minutes      int not null,
  slot_minutes int,                         -- null: no slots
  queue        boolean not null,
  link         text,
  places       jsonb not null,              -- the channels that it is told in
  written      text,                        -- what groundcrew.yaml said when it was last read
  created      timestamptz not null,
  changed      timestamptz not null,
  ended        timestamptz
);

-- In the order of their turns.
create table groundcrew.office_host (
  series int not null references groundcrew.office_series (number),
  person uuid not null references groundcrew.person (id),
  nth    int not null,
  primary key (series, person)
);
create index office_host_person on groundcrew.office_host (person);

-- Days, both included, on which somebody hosts nothing.
create table groundcrew.office_away (
  person uuid not null references groundcrew.person (id),
  since  text not null,
  until  text not null,
  primary key (person, since)
);

-- One occurrence. What it has of its series is its own, so that a change of the series leaves what has begun alone.
create table groundcrew.office_session (
  number       int generated always as identity primary key,
  series       int not null references groundcrew.office_series (number),
  day          text not null,               -- the date that the rule gives, wherever it was moved to
  starts       timestamptz not null,
  minutes      int not null,
  slot_minutes int,
  queue        boolean not null,
  link         text,
  state        text not null,               -- planned | live | done | skipped
  host         uuid references groundcrew.person (id),
  moved        boolean not null default false,
  sequence     int not null default 0,      -- rises with each change of time, for calendars
  turn         int not null default 0,      -- rises with each conversation: who presses twice advances once
  opened       timestamptz,
  closed       timestamptz,
  shown        timestamptz,                 -- when its messages were last edited
  notes        text,
  recording    text,
  unique (series, day)
);
create index office_session_coming on groundcrew.office_session (starts) where state in ('planned', 'live');
create index office_session_host on groundcrew.office_session (host) where host is not null;

create table groundcrew.office_seat (
  session  int not null references groundcrew.office_session (number),
  person   uuid not null references groundcrew.person (id),
  account  text not null,                   -- the login they signed up with: where they are told
  state    text not null,                   -- see src/core/office-hours/line.ts
  slot     int,                             -- the nth slot; null: in the queue, or waiting for a slot
  nth      int not null,                    -- the order in which they signed up
  topic    text not null,
  about    jsonb,                           -- what they linked: an incident or a request
  at       timestamptz not null,
  here     timestamptz,
  began    timestamptz,
  ended    timestamptz,
  leader   uuid references groundcrew.person (id), -- with whom they were grouped
  outcome  text,
  feedback int references groundcrew.feedback (number),
  primary key (session, person)
);
create unique index office_seat_slot on groundcrew.office_seat (session, slot) where slot is not null;
create index office_seat_person on groundcrew.office_seat (person);
create index office_seat_leader on groundcrew.office_seat (leader) where leader is not null;
create index office_seat_feedback on groundcrew.office_seat (feedback) where feedback is not null;

-- Who comes along with somebody who signed up.
create table groundcrew.office_with (
  session int not null references groundcrew.office_session (number),
  person  uuid not null references groundcrew.person (id),
  other   uuid not null references groundcrew.person (id),
  primary key (session, person, other)
);
create index office_with_other on groundcrew.office_with (other);

-- Who wants to be reminded without signing up.
create table groundcrew.office_reminder (
  session int not null references groundcrew.office_session (number),
  person  uuid not null references groundcrew.person (id),
  account text not null,
  primary key (session, person)
);
create index office_reminder_person on groundcrew.office_reminder (person);
